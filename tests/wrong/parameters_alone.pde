space x in [0, 1]
unknown param k = 1
equation k = 2
