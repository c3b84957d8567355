problem forgotten
space (x, y) in [0, 1]^2
unknown u(x, y), v(x, y)
equation  lap(u) = 0
boundary  u = x
boundary  v = y
