dim N = 4
space x in [0, 1]^N
unknown u(x)
equation det(hess(u)) = 1
