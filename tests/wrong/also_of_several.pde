dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation a: u_t = lap(u)
equation b: u_x1 = 0
also grad(equation) = 0
