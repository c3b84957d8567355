space (x, y) in ball(2)
unknown u
equation lap(u) = 0
boundary dn(u) = 0 on x = 0
