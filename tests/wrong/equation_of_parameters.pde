space x in [0, 1]
unknown u(x)
unknown param k = 1
equation k^2 = 2
equation u = 0
