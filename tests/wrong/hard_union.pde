space (x, y) in union([0, 1]^2, ball(2))
unknown u
equation lap(u) = 0
hard boundary u = 0
