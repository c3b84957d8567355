region core = ball(2, radius=0.2)
space (x, y) in [-1, 1]^2
unknown u
equation lap(u) = 0
boundary u = 0 in core
