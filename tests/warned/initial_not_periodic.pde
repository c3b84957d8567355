problem advection
space x in [0, 3]
time  t in [0, 1]
unknown u(x, t)
equation  u_t + u_x = 0
initial   u = cos(pi*x)
periodic  x
