problem root
space x in [-1, 1]
time  t in [0, 1]
unknown u(x, t)
equation  u_t = u_x
initial   u = sqrt(x)
boundary  u = sqrt(1 + t) on x = 1
exact     u = sqrt(x + t)
