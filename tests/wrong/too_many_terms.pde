dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation u_t = (u + t + u_x1 + 1)^6*(u - u_x2 + t)^6*(u_x3 - 2*t)^6
