dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation heat: u_t = lap(u)
also grad(heet) = 0
