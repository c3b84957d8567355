# Poisson's equation with periodic ends. DeepXDE, examples/pinn_forward/Poisson_periodic_1d.py.
problem poisson_periodic_1d
space x in [-1, 1]
unknown u(x)

equation  -u_xx = pi^2*sin(pi*x)
boundary  u = 0 on x = -1
periodic  x
exact     u = sin(pi*x)

train {
  steps 5000; points 50, boundary 1, periodic 1; weight boundary 10, periodic 10
  lr 1e-3; schedule cosine
  width 50
  sigma 0.01; samples 256
}
