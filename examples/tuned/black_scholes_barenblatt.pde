# The Black-Scholes-Barenblatt equation in 100 dimensions (Raissi 2018), by settings that were tuned. u is the price
# divided by N, a number of the order of one, which suits a network.
problem black_scholes_barenblatt
dim   N = 100                                 # --dim overrides
param T = 1, sigma = 0.4, r = 0.05
space x in R^N ~ normal(0, 1)
time  t in [0, T]
unknown u(x, t)

equation       u_t + sigma^2/2*sum(i, x[i]^2*d(u, x[i], 2)) = r*(u - dot(x, grad(u)))
hard terminal  u = |x|^2/N
exact          u = exp((r + sigma^2)*(T - t))*|x|^2/N

train {
  method taylor; diffuse 0.3                  # prices grow: training sees them where they go
  steps 4000; points 60
  lr 3e-3; schedule cosine
  width 64; depth 4
  embedding radial                            # of the equation rotations make another, but not of the solution
  test_points 2000
}
