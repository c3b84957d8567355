space x in [0, 1]
time t in [0, 1]
unknown u(x, t)
equation u_t = mean(s in 0..1, u(s, t))
