space x in [0, 1]
unknown u(x)
unknown param k = 1
equation k*u_xx = 2
reference k = 2
