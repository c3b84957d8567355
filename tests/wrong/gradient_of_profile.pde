space (x, y) in [0, 1]^2
time t in [0, 1]
unknown u, s(t)
equation  u_t = lap(u) + s
equation  lap(s) = 0
boundary  dn(s) = 0
