dim N = 3
space x in R^N ~ sde(-x, 1/|x|, start=0)
time t in [0, 1]
unknown u
equation u_t = lap(u)
