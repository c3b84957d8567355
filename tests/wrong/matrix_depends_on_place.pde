dim N = 3
space x in [0, 1]^N
unknown u(x)
param s: vector(N) = 2*x
equation dot(s, grad(u)) = 0
