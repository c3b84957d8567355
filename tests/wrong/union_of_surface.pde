space (x, y) in union([0, 1]^2, sphere(2))
unknown u
equation lap(u) = 0
