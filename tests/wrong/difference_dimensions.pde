space (x, y) in [0, 1]^2 - ball(3)
unknown u
equation lap(u) = 0
