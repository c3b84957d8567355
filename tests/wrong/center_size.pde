space (x, y) in ball(2, center=[1, 2, 3])
unknown u
equation lap(u) = 0
