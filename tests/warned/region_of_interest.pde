problem kolmogorov
dim N = 20
param mu = 0.05, s = 0.2
space x in [0.9, 1.1]^N
time  t in [0, 1]
unknown u
equation  u_t = s^2/2*sum(i, x[i]^2*d(u, x[i], 2)) + mu*dot(x, grad(u))
initial   u = largest(x)
