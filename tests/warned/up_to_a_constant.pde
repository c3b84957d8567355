problem neumann
dim N = 4
space x in [0, 1]^N
unknown u(x)
equation  lap(u) = 0
boundary  dn(u) = 0
