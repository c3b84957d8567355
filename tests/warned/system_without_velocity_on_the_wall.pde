problem channel
space (x, y) in [0, 1]^2
unknown u: vector(2), p
equation momentum:  advect(u, u) + grad(p) = lap(u)
equation mass:      div(u) = 0
boundary            p = 0 on x = 0
