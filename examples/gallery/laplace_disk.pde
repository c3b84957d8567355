# Laplace's equation on a disc, in polar coordinates. DeepXDE, examples/pinn_forward/Laplace_disk.py, whose network
# takes r*cos(θ), r*sin(θ) and so is periodic by itself.
problem laplace_disk
space (r, θ) in [0, 1]*[0, 2*π]
unknown u(r, θ)

equation  r*u_r + r²*u_rr + u_θθ = 0
boundary  u = cos(θ) on r = 1
periodic  θ
exact     u = r*cos(θ)

train {
  steps 5000; points 200; weight boundary 10, periodic 10
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
