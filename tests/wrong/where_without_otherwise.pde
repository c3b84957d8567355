dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation u_t = where(x[1] < 0.5, 1, x[1] < 0.7, 2)*lap(u)
