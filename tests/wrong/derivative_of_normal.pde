space (x, y) in ball(2)
unknown u
equation bilap(u) = 0
boundary u = 0
boundary lap(u) = div(n)*dn(u)
