space (x, y) in intersection([0, 1]^2, [0.999, 2]^2)
unknown u
equation lap(u) = 0
