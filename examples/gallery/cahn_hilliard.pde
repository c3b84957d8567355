# Cahn-Hilliard equation in a periodic box. py-pde, pde/pdes/cahn_hilliard.py, which leaves the box and the initial
# state to its user; these are examples. On all of R^2, c = tanh(x/sqrt(2*gam)) is a steady interface.
problem cahn_hilliard
param gam = 1
space (x, y) in [0, 16]^2
time  t in [0, 10]
unknown c(x, y, t)

equation  c_t = lap(c^3 - c - gam*lap(c))
initial   c = (cos(pi*x/8) + cos(pi*(x + y)/8))/10
periodic  x, y

train {
  steps 20000; points 500; weight initial 100
  lr 1e-3; schedule cosine
  method autograd
}
