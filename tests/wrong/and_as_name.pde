dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
param and = 1
equation u_t = lap(u)
