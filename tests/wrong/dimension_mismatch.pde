dim N = 3
space x in ball(2)
unknown u(x)
equation lap(u) = 0
