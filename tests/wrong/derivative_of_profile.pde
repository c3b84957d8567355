space x in [0, 1]
time  t in [0, 1]
unknown u(x, t), q(x)
equation  u_t = u_xx + q
equation  q_t = 0
equation  d(q, t, 2) = 0
