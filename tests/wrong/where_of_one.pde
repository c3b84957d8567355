dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation u_t = lap(u) + where(x[1] < 0.5)
