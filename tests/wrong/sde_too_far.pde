dim N = 1
space x in R^N ~ sde(10000*x, x, start=1)
time t in [0, 1]
unknown u
equation u_t = lap(u)
