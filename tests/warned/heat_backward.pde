problem heat
dim N = 10
space x in ball(N)
time  t in [0, 1]
unknown u(x, t)
equation  u_t + lap(u) = 0
initial   u = |x|^2
boundary  u = 1
