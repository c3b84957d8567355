space (x, y) in [0, 1]^2 - ball(2, radius=0.2) ~ radial
unknown u
equation lap(u) = 0
