space (x, y) in [0, 1]^2
unknown u
equation  lap(u) = ∂u/∂n
boundary  d(u, n) = 0
