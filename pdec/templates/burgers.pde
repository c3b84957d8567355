# Burgers' equation: a wave that steepens until viscosity stops it.
problem burgers
param nu = 0.01/pi
space x in [-1, 1]
time  t in [0, 1]
unknown u(x, t)

equation  u_t + u*u_x = nu*u_xx
initial   u = -sin(pi*x)
boundary  u = 0

train {
  steps 10000; points 1000; weight initial 10, boundary 10
  lr 1e-3; schedule cosine
  method autograd
}
