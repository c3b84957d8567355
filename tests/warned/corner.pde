problem heat
param h = 0.5
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
equation  u_t = u_xx
initial   u = h
boundary  u = 0 on x = 0
boundary  u = h + t on x = 1
