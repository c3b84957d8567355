dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
let a = 2*b
let b = 3
equation u_t = a*u
