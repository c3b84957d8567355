space (x, y) in [0, 1]^2
unknown u
let g = sum(j, x[j]^2)
equation lap(u) = sum(j, x[j]) + x[1]
boundary u = 0
