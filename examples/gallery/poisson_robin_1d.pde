# Poisson's equation with a Robin condition at one end. DeepXDE, examples/pinn_forward/Poisson_Robin_1d.py.
problem poisson_robin_1d
space x in [-1, 1]
unknown u(x)

equation  u_xx = 2
boundary  u = 0 on x = -1
boundary  dn(u) = u on x = 1
exact     u = (x + 1)^2

train {
  steps 5000; points 50, boundary 1; weight boundary 10
  lr 1e-3; schedule cosine
  width 50
  sigma 0.01; samples 256
}
