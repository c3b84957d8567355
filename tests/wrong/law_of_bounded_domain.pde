space x in [0, 1]^2 ~ normal(0, 1)
unknown u(x)
equation lap(u) = 0
