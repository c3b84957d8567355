region core = ball(2)
space (x, y) in R^2 ~ sde(0, 1)
time t in [0, 1]
unknown u
equation u_t = lap(u) outside core
