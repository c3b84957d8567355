space x in [0, 1]
unknown u(x)
unknown param k
equation k*u_xx = 1
