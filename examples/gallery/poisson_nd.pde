# Poisson's equation in a box of N dimensions. PINNacle, src/pde/poisson.py (PoissonND).
problem poisson_nd
dim   N = 5
space x in [0, 1]^N
unknown u(x)

let s = sum(i, sin(pi/2*x[i]))

equation  lap(u) = -pi^2/4*s
boundary  u = s
exact     u = s

train {
  steps 5000; points 500; weight boundary 100
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
