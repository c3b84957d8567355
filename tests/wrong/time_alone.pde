time t in [0, 4]
unknown u
equation u_t = -u
initial u = 1
