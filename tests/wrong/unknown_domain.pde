space x in bal(2)
unknown u(x)
equation lap(u) = 0
