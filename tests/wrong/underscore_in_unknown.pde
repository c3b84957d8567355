space x in [0, 1]
unknown u_x
equation u_x = 0
