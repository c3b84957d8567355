space (x, y) in [0, 1]^2 - [0.4, 0.6]^2
unknown u
equation lap(u) = 0
hard boundary u = 0
