# The wave equation: a string that is held fast at both ends. Second order in time takes two initial conditions.
problem wave
param c = 1
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)

equation           u_tt = c^2*u_xx
initial            u = sin(pi*x)
initial velocity:  u_t = 0
boundary           u = 0
exact              u = sin(pi*x)*cos(c*pi*t)

train {
  steps 5000; points 500; weight initial 100, velocity 10, boundary 100
  lr 1e-3; schedule cosine
  method autograd
}
