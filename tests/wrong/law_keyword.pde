dim N = 3
space x in [0, 1]^N
unknown u(x)
param k: vector(N) ~ normal(0, 1, sed=2)
equation lap(u) = k[1]
