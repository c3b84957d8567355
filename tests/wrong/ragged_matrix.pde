dim N = 3
space x in [0, 1]^N
unknown u(x)
equation ([[1, 2, 3], [4, 5], [6, 7, 8]] : hess(u)) = 0
