space x in sphere(3)
unknown u
equation lap(u) = 0
boundary u = 0
