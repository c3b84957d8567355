dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
let f(a) = a^2
equation u_t = f*u
