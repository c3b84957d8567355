space x in [-1, 1]
unknown u(x)
equation u_xx = 0
boundary u = 0
manufacture u = abs(x)
