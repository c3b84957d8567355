param k = 1
dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation u_t = lapp(u) + kk
initial u = x
boundary u = grad(u)
exact u = sin(t, x[4])
