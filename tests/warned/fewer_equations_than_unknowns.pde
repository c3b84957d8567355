problem fluid
space (x, y) in [0, 1]^2
unknown u(x, y): vector(2), p(x, y)
equation  lap(u) = grad(p)
boundary  u = 0
boundary  p = 0 on x = 0, y = 0
