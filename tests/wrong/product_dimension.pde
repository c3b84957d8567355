space (x, y) in ball(2)*[0, 1]
unknown u
equation lap(u) = 0
