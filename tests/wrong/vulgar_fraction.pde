space x in [0, 1]
unknown u
equation ½*u_xx = 1
boundary u = 0
