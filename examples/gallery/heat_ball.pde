# Heat equation in the unit ball. PINN-without-Stacked-BP, src/heat/equation.py.
problem heat_ball
dim   N = 100
param T = 1
space x ∈ ball(N)
time  t ∈ [0, T]
unknown u(x, t)

equation  ∂u/∂t = Δu
initial   u = |x|²/(2*N)
boundary  u = t + 1/(2*N)
exact     u = t + |x|²/(2*N)

train {
  steps 1000; points 50; weight initial 1000, boundary 1000
  lr 1e-3; schedule linear
  method stein-antithetic; sigma 0.01; samples 2048
}
