# Black-Scholes-Barenblatt equation. stde, equations.py (BSB).
problem black_scholes_barenblatt
dim   N = 10000
param T = 1, sigma = 0.4, r = 0.05
space x in R^N ~ normal(0, 1)
time  t in [0, T]
unknown u(x, t)

equation       u_t + sigma^2/2*sum(i, x[i]^2*d(u, x[i], 2)) = r*(u - dot(x, grad(u)))
hard terminal  u = |x|^2
exact          u = exp((r + sigma^2)*(T - t))*|x|^2

train {
  steps 10000; points 100
  lr 1e-3; schedule linear
  sigma 0.01; samples 16; test_points 1000
}
