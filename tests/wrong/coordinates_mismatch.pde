space (x, y) in [0, 1]^3
unknown u
equation lap(u) = 0
