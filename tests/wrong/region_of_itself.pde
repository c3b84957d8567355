region a = b - ball(2)
region b = a
space (x, y) in a
unknown u
equation lap(u) = 0
