space (x, y) in [0, 1]^2 - ball(2, radius=2)
unknown u
equation lap(u) = 0
