# Hamilton-Jacobi-Bellman equation of linear-quadratic-Gaussian control. PINN-without-Stacked-BP, src/hjb/equation.py;
# the source chooses its points adversarially.
problem hjb_lqg
dim   N = 250
param T = 1, μ = 1
space x ∈ R^N ~ normal(0, 1)
time  t ∈ [0, T]
unknown u(x, t)

let g(x) = log((1 + |x|²)/2)

equation   ∂u/∂t + Δu - μ*|∇u|² = 0
terminal   u = g(x)
reference  u = -log(E[w ~ normal(N)] exp(-μ*g(x + √(2*(T - t))*w)))/μ  # 5.51545917 at t = 0, x = 0 for N = 250

train {
  steps 10000; points 50; weight terminal 500
  lr 2e-4; schedule linear
  width 768; depth 4
  method stein-antithetic; sigma 0.01; samples 2048
  test_points 1000
}
