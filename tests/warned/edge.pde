problem cavity
space (x, y) in [0, 1]^2
unknown u: vector(2), p
equation momentum:  advect(u, u) + grad(p) = 0.01*lap(u)
equation mass:      div(u) = 0
boundary lid:       u = [1, 0] on y = 1
boundary floor:     u = 0 on y = 0
boundary left:      u = 0 on x = 0
boundary right:     u = 0 on x = 1
boundary pressure:  p = 0 on x = 0, y = 0
