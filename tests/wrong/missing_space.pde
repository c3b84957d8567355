unknown u
equation lap(u) = 0
