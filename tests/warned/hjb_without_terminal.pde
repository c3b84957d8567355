problem hjb
dim N = 100
space x in R^N ~ normal(0, 1)
time  t in [0, 1]
unknown u(x, t)
equation  u_t + lap(u) - |grad(u)|^2 = 0
