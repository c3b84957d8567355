space (x, y) in R^2 ~ cauchy(0, 1)
unknown u
equation lap(u) = 0
