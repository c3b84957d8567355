problem heat
space x in [0, pi]
time  t in [0, 1]
unknown u(x, t)
equation  u_t = exp(x)*u_xx
terminal  u = sin(x)
boundary  u = 0
