# Poisson's equation in a cube. PINN-without-Stacked-BP, src/possion/equation.py.
problem poisson_cube
dim   N = 2
space x in [0, 1]^N
unknown u(x)

equation  Δu = -sin(sum(i, x[i]))
boundary  u = sin(sum(i, x[i]))/N
exact     u = sin(sum(i, x[i]))/N

train {
  steps 1000; points 100; weight boundary 300
  lr 1e-3; schedule linear
  method stein-antithetic; sigma 0.01; samples 2048
}
