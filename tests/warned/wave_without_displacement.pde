problem wave
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
equation          u_tt = 4*u_xx
initial velocity: u_t = 0
boundary          u = 0
