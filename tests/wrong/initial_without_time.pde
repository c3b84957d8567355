space x in [0, 1]
unknown u(x)
equation u_xx = 0
initial u = 0
