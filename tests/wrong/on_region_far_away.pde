region hole = ball(2, radius=0.2, center=[5, 5])
space (x, y) in [0, 1]^2
unknown u
equation lap(u) = 0
boundary u = 0 on hole
