dim N = 3
space x in [0, 1]^N
unknown u(x)
param k: vector(N) ~ normal(0, 1, seed=0.5)
equation lap(u) = k[1]
