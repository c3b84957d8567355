space x in [0, 1]
time t in [0, 1]
unknown u(x, t)
equation u_t = integral(a in 0..1, integral(b in 0..a, integral(c in 0..b, integral(s in 0..c, u(s, t)))))
