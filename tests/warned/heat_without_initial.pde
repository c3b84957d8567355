problem heat
dim N = 100000
space x in ball(N)
time  t in [0, 1]
unknown u(x, t)
equation  u_t = lap(u)
boundary  u = 0
