space (x, y) in [0, 1]^2
unknown u
equation lap(u) = 0
boundary u = 0 on x
