dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: matrix(N) = eye()
equation div(A*grad(u)) = 0
