space x in [0, L]
unknown u(x)
unknown param L = 2
equation u_xx = 1
