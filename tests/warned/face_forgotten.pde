problem heated_plate
space (x, y) in [0, 1]^2
unknown u(x, y)
equation          lap(u) = 0
boundary left:    u = 1 - y on x = 0
boundary right:   u = 1 - y on x = 1
boundary bottom:  u = 1 on y = 0
