space x in sphere(3, radius=-1)
unknown u
equation lap(u) = 0
