dim N = 3
space x in R^N ~ normal(0, 1)
unknown u
equation lap(u) = integral(u^2)
