dim N = 3
space x in ball(N, radius=1) - ball(N, radius=2)
unknown u
equation lap(u) = 0
