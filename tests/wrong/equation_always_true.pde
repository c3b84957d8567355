dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u(x, t)
equation lap(u^2) = 2*u*lap(u) + 2*|grad(u)|^2
