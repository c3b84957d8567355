space x in [0, 1]
unknown u
equation u_xx = x[1]
