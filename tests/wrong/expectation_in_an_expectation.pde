space x in [0, 1]
time t in [0, 1]
unknown u(x, t)
equation u_t = E[z ~ normal()] (u(x + z, t) - E[w ~ normal()] (u(x + z + w, t)))
