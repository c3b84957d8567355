dim N = 3
space x in [0, 1]^N
unknown u(x)
let A = [[1, 2], [2, 4]]
equation lap(u) = tr(inv(A))
