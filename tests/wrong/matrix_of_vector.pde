dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: matrix(N) = linspace(0, 1)
equation (A : hess(u)) = 0
