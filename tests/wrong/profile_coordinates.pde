dim N = 3
space x in ball(N)
time  t in [0, 1]
unknown u, q(x, x1), w(x4, t), v(t, t)
equation  u_t = lap(u) + q + w
