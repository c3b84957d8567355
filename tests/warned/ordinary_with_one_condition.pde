problem string
space x in [0, 2]
unknown u(x)
equation  u_xx = 1
boundary  u = 0 on x = 0
