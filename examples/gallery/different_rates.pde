# Black-Scholes equation with different rates for lending and borrowing. DeepBSDE, equation.py (PricingDiffRate),
# configs/pricing_diffrate_d100.json. Points follow geometric Brownian motion.
problem different_rates
dim   N = 100
param T = 0.5, mu = 0.06, sigma = 0.2, rl = 0.04, rb = 0.06
space x in R^N ~ sde(mu*x, sigma*x, start=100)
time  t in [0, T]
unknown u(x, t)

let s = dot(x, grad(u))

equation  u_t + sigma^2/2*sum(i, x[i]^2*d(u, x[i], 2)) + rl*(s - u) + (rb - rl)*max(s - u, 0) = 0
terminal  u = max(largest(x) - 120, 0) - 2*max(largest(x) - 150, 0)  # u is near 21.299 at t = 0, x = (100, …, 100)

train {
  steps 10000; points 100; weight terminal 10
  lr 1e-3; schedule cosine
  sigma 0.5; samples 256
}
