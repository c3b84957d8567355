problem basket
space (x, y) in [0, 1]^2
time  t in [0, 1]
unknown u(x, y, t)
param rho = 1.5
equation  u_t = u_xx + 2*rho*d(u, x, y) + u_yy
initial   u = 0
boundary  u = 0
