unknown param L = 2
param M = 2*L
space x in [0, 1]
unknown u(x)
equation u_xx = M
