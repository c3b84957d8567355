dim N = 3
space x in [0, 1]^N
unknown u(x)
param k: vector(N) ~ uniform(1, 0)
equation lap(u) = k[1]
