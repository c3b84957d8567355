space x in [0, 1]
unknown u(x)
unknown param k = 20 in [0, 10]
equation k*u_xx = 1
