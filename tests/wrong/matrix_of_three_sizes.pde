dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: matrix(2, 3, 4) ~ normal()
equation lap(u) = A[1, 1]
