space x in [0, 1]
unknown u
let ₁able = 3
equation u_xx = ₁able
