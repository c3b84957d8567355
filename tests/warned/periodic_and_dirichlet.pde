problem channel
space (x, y) in [0, 1]^2
time  t in [0, 1]
unknown u(x, y, t)
equation  u_t = lap(u)
initial   u = 0
boundary  u = 0
periodic  x
