problem advection
param c = 2
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
equation  u_t + c*u_x = 0
initial   u = sin(x)
boundary  u = 0 on x = 1
