# Heat equation with a tabulated diffusivity. PINNacle, src/pde/heat.py (Heat2D_VaryingCoef).
# There a is read at the nearest of 256 x 256 points (`nearest`); here it is linear between those of a small grid.
problem heat_varying
param A = 200, m1 = 1, m2 = 5, m3 = 1
space (x, y) in [0, 1]^2
time  t in [0, 5]
unknown u(x, y, t)
table a(x, y) = "heat_varying.csv"

equation  u_t = a*lap(u) + A*sin(m1*pi*x)*sin(m2*pi*y)*sin(m3*pi*t)
initial   u = 0
boundary  u = 0
