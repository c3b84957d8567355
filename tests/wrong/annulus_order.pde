space x in annulus(3, inner=2, outer=1)
unknown u
equation lap(u) = 0
