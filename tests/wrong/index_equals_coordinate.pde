dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation u_t = sum(i, where(i != x[1], x[i], 0)*d(u, x[i]))
