space x in ball(2, radius=-1)
unknown u(x)
equation lap(u) = 0
