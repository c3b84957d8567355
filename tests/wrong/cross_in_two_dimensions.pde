space (x, y) in [0, 1]^2
unknown v: vector(2)
equation v × v = v
