dim N = 3
space x in [0, 1]^N
unknown u(x), v(x): vector(N)
equation lap(u) = integral(y in ball, u(y))
