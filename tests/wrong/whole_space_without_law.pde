space x in R^2
unknown u(x)
equation lap(u) = 0
