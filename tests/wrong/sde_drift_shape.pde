dim N = 3
space x in R^N ~ sde([1, 2], 1)
time t in [0, 1]
unknown u
equation u_t = lap(u)
