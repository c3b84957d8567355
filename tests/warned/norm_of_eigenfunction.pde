problem string
space x in [0, 1]
unknown u
unknown param k = 5 in [1, 20]
equation        u_xx = -k*u
boundary        u = 0
equation norm:  mean(u^2) = 1/2
