space x in [0, 1]
time t in [0, 1]
unknown u, v
equation u_t = u_xx
equation v_t = v_xx
unknown w: vector(2)
equation w_t = w_xx
data w = "good.csv"
