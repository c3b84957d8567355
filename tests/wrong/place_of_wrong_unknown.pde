dim N = 3
space tx in [0, 1]^N
unknown u(x, t)
equation u(1, x=2) = 0
