space x in [0, 1]
unknown u(y)
equation lap(u) = 0
