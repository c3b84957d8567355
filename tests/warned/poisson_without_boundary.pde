problem poisson
dim N = 100000
space x in [0, 1]^N
unknown u(x)
equation  lap(u) = u + 1
