dim N = 3
space x in [0, 1]^N
unknown u(x)
let A = [[1, 2, 3], 4, [5, 6, 7]]
equation (A : hess(u)) = 0
