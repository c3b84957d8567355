# A Hamilton-Jacobi-Bellman equation: the value of controlling a diffusion until T, with the cost g at the end.
problem hjb
dim   N = 50
param mu = 1, T = 1
space x in R^N ~ normal(0, 1)                 # a whole space needs a law to draw points by
time  t in [0, T]
unknown u(x, t)

let g(x) = log((1 + |x|^2)/2)

equation   u_t + lap(u) - mu*|grad(u)|^2 = 0
terminal   u = g(x)
reference  u = -log(E[w ~ normal(N)] exp(-mu*g(x + sqrt(2*(T - t))*w)))/mu

train {
  steps 5000; points 50; weight terminal 500
  lr 1e-3; schedule linear
  sigma 0.01; samples 256
}
