dim N = 3
space x in R^N ~ sde(0, 1)
unknown u
equation lap(u) = 0
