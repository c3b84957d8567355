# Two-dimensional Burgers equations with tabulated initial data. PINNacle, src/pde/burgers.py (Burgers2D).
problem burgers_2d
param nu = 0.001
space (x, y) in [0, 4]^2
time  t in [0, 1]
unknown u(x, y, t), v(x, y, t)
table u0(x, y) = "burgers_2d.csv"
table v0(x, y) = "burgers_2d.csv"

equation u_momentum:  u_t + u*u_x + v*u_y = nu*lap(u)
equation v_momentum:  v_t + u*v_x + v*v_y = nu*lap(v)
initial               u = u0
initial               v = v0
periodic              x, y
