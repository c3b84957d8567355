dim N = 5000
param A: matrix(N) ~ normal(0, 1, seed=1)
space x in [0, 1]^N
unknown u(x)
equation (A : hess(u)) = 0
