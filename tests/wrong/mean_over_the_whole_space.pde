space x in R ~ normal(0, 1)
unknown u
equation u_x = 0
equation mean(u) = 0
