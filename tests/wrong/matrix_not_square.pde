dim N = 3
space x in [0, 1]^N
unknown u(x)
param A: matrix(2, N) = eye()
equation tr(A)*lap(u) = 0
