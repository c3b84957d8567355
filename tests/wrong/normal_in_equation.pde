space (x, y) in [0, 1]^2
unknown u
equation dot(n, grad(u)) = 0
boundary u = 0
