# The Allen-Cahn equation: two phases, u = 1 and u = -1, and a layer between them that moves by its curvature.
problem allen_cahn
param eps = 0.1
space (x, y) in [-1, 1]^2
time  t in [0, 1]
unknown u(x, y, t)

equation  u_t = eps^2*lap(u) + u - u^3
initial   u = tanh((0.6 - sqrt(x^2 + y^2))/(sqrt(2)*eps))
boundary  dn(u) = 0

train {
  steps 10000; points 500; weight initial 100
  lr 1e-3; schedule cosine
  method autograd
}
