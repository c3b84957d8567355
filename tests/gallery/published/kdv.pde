# stde, equations.py (highord1d), with the placeholder that it has for an exact solution.
problem kdv
param T = 1, nu = 0.0025, a = 0.5
space x in [-1, 1]
time  t in [0, T]
unknown u(x, t)

equation  u_t + u*u_x + nu*u_xxx = 0
exact     u = cosh(t)*sinh(x)
