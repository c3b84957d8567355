space x in [0, 1]
time t in [0, 1]
unknown h: complex, u
equation u_t = u_xx
equation i*h_t = where(h < 1, h_xx, 0)
