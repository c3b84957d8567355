space (x, y) in ball(2)
unknown u
equation lap(u) = 0
boundary u = 0 on x = 2
