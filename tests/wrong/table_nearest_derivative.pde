space x in [0, 1]
time t in [0, 1]
unknown u, v
equation u_t = u_xx
table a(x) = "grid.csv" nearest
equation v_t = d(a, x)*v_x
