# The diffusivity of a rod from 200 measurements of its temperature, with noise of standard deviation 0.01.
problem heat_inverse
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)
unknown param k = 1 in [0, 5]

equation  u_t = k*u_xx
initial   u = sin(pi*x)
boundary  u = 0
data      u = "heat_inverse.csv"
exact     u = exp(-k*pi^2*t)*sin(pi*x)
exact     k = 0.2

train {
  method autograd; width 24; depth 4; steps 800; lr 5e-3; param_lr 2e-2
  points 100; weight data 10, initial 10, boundary 10
}
