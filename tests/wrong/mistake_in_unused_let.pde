space x in [0, 1]
unknown u(x)
let k = 1 + xx^2
equation u_xx = 0
