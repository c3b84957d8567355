dim N = 3
space x in [0, 1]^N
unknown u(x)
let A = equicorr(0.3)
equation (A : hess(u)) = 0
