dim N = 2.5
space x in [0, 1]^N
unknown u(x)
equation lap(u) = 0
