space x in [0, 1]
time t in [0, 1]
unknown h: complex, u
equation u_t = u_xx
equation h_t = h_xx
equation third: u_t = i*u_xx
