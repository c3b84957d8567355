space x in [1, 0]
unknown u(x)
equation u_xx = 0
