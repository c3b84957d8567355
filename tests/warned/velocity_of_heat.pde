problem heat
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
equation           u_t = u_xx
initial            u = sin(pi*x)
initial velocity:  u_t = 0
boundary           u = 0
