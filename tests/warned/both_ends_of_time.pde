problem bridge
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
equation  u_t + u_x = 0
initial   u = sin(x)
terminal  u = sin(x - 1)
boundary  u = -sin(t) on x = 0
