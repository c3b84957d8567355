# Laplace's equation on a disc, in polar coordinates. DeepXDE, examples/pinn_forward/Laplace_disk.py, whose network
# takes r*cos(theta), r*sin(theta) and so is periodic by itself.
problem laplace_disk
space (r, theta) in [0, 1]*[0, 2*pi]
unknown u(r, theta)

equation  r*u_r + r^2*u_rr + d(u, theta, 2) = 0
boundary  u = cos(theta) on r = 1
periodic  theta
exact     u = r*cos(theta)

train {
  steps 5000; points 200; weight boundary 10, periodic 10
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
