dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: tensor(N) ~ normal()
equation lap(u) = 0
