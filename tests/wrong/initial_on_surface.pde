region hole = ball(2, radius=0.2)
space (x, y) in [-1, 1]^2
time t in [0, 1]
unknown u
equation u_t = lap(u)
initial u = 0 on hole
