region hole = ball(2, radius=0.2)
space (x, y) in [0, 1]^2 - whole
unknown u
equation lap(u) = 0
