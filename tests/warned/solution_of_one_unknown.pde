problem pair
space x in [0, 1]
unknown u(x), v(x)
equation  u_x = v
equation  v_x = 0
boundary  u = 0 on x = 0
boundary  v = 1 on x = 0
exact     u = x
