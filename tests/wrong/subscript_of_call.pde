space x in [0, 1]
unknown u
equation sin(u)_x = 0
boundary u = _x
