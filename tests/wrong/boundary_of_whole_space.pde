space x in R^2 ~ normal(0, 1)
unknown u(x)
equation lap(u) = 0
boundary u = 0
