dim N = 3
space x in [0, 1]^N
unknown u(x)
param rho: matrix(N) = equicorr(-0.9)
equation (rho : hess(u)) = 0
