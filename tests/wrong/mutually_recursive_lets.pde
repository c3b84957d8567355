dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
let a = b, b = a
equation u_t = a*u
