space x in [0, 1]
time t in [0, 1]
unknown u(x)
equation u_t = u_xx
