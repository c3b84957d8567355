# The Black-Scholes equation for an option on the arithmetic mean of N assets, whose prices are S.
problem black_scholes
dim   N = 10
param T = 1, r = 0.05, sigma = 0.2, strike = 1
space S in [0.2, 2]^N
time  t in [0, T]
unknown V(S, t)

let mean_price = sum(i, S[i])/N

equation  V_t + sigma^2/2*sum(i, S[i]^2*d(V, S[i], 2)) + r*dot(S, grad(V)) - r*V = 0
terminal  V = max(mean_price - strike, 0)
boundary  V = max(mean_price - strike*exp(-r*(T - t)), 0)  # near enough far from the strike

train {
  steps 5000; points 200; weight terminal 100, boundary 10
  lr 1e-3; schedule cosine
  sigma 0.02; samples 256
}
