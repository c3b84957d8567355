space x in [0, 1]
unknown u(x)
unknown param k = 1
equation k*u_xx = 0
manufacture u = sin(x)
