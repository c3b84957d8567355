space x in [0, 1]
equation lap(u) = 0
