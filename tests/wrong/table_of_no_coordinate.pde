space x in [0, 1]
time t in [0, 1]
unknown u, v
equation u_t = u_xx
table k(s) = "grid.csv" column a
equation v_t = k*v
