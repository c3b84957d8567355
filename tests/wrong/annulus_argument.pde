space x in annulus(3, radius=2)
unknown u
equation lap(u) = 0
