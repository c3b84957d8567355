dim N = 3
space x in [0, 1]^N
unknown u(x)
let A = [[[1]]]
equation lap(u) = A[1, 1]
