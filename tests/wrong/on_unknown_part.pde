space (x, y) in annulus(2, inner=1, outer=2)
unknown u
equation lap(u) = 0
boundary u = 0 on iner
