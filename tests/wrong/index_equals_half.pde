dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
let A[i, j] = where(i == 1.5, x[j], 0)
equation u_t = (A : hess(u))
