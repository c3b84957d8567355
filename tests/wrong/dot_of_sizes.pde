dim N = 3
space x in [0, 1]^N
unknown u(x), v(x): vector(2)
equation dot(v, grad(u)) = 0
