space x in [0, 1]
unknown u(x)
unknown param k = 1 in [0, 2]
equation k*u_xx = 2
exact k = 3
