space x in [0, 1]
time t in [0, 1]
unknown u, v
equation u_t = u_xx
equation v_t = v_xx
data u = 'good.csv'
