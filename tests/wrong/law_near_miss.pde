dim N = 3
space x in [0, 1]^N
unknown u(x)
param k ~ norml(0, 1)
equation lap(u) = k
