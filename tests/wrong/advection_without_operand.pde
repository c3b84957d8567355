dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
unknown v: vector(N)
equation u_t = (v.grad)
equation lap(v) = 0
