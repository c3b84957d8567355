problem overdetermined
dim N = 3
space x in ball(N)
unknown u(x)
equation  lap(u) = 1
boundary  u = 0
boundary  dn(u) = 1
