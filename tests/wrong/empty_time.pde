param T = 0
space x in [0, 1]
time t in [0, T]
unknown u(x, t)
equation u_t = u_xx
