dim N = 3
space x in [0, 1]^N
unknown u(x)
param k ~ normal(0, -1, seed=2)
equation lap(u) = k
