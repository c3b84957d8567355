space x in [0, 1]
time  t in [0, 1]
unknown u(x, t), q(x)
equation  u_t = u_xx + q
initial   u = sin(pi*x)
boundary  u = 0
