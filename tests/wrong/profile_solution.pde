space x in [0, 1]
time  t in [0, 1]
unknown u(x, t), q(x)
equation  u_t = u_xx + q
exact  u = 0
exact  q = exp(-t)*x
