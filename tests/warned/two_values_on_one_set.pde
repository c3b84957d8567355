problem poisson
dim N = 5
space x in ball(N)
unknown u(x)
equation   lap(u) = 0
boundary   u = x[1]
boundary   u = x[2]
