dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: matrix(N) = 2
equation (A : hess(u)) = 0
