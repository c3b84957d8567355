region a = R^2
space (x, y) in [0, 1]^2
unknown u
equation lap(u) = 0 in a
