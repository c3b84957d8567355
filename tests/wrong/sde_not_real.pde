dim N = 10
space x in R^N ~ sde(-x, sqrt(1 - |x|^2), start=normal(0, 2))
time t in [0, 1]
unknown u
equation u_t = lap(u)
