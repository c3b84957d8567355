dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
let C[i, j, k] = x[i]*x[j]*x[k]
equation u_t = (C : hess(u))
