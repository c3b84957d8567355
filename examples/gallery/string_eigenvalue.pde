# The first eigenvalue of a string, as an unknown parameter: u is fixed by its value in the middle.
problem string_eigenvalue
space x in [0, 1]
unknown u(x)
unknown param lambda = 5 in [1, 20]

equation        -u_xx = lambda*u
boundary        u = 0
boundary peak:  u = 1 on x = 0.5
exact           u = sin(pi*x)
exact           lambda = pi^2

train {
  method autograd; width 20; depth 3; steps 600; lr 1e-2; param_lr 1e-1
  points 40; weight boundary 10
}
