# The Hamilton-Jacobi-Bellman equation of linear-quadratic-Gaussian control: He et al., AISTATS 2023, section 5.3,
# settings of appendix B.3 (Table 5), without the adversarial choice of points.
problem hjb
dim   N = 250                                 # --dim overrides
param mu = 1, T = 1
space x in R^N ~ normal(0, 1)                 # a whole space needs a law to sample from
time  t in [0, T]
unknown u(x, t)

let g(x) = log((1 + |x|^2)/2)

equation   u_t + lap(u) - mu*|grad(u)|^2 = 0
terminal   u = g(x)
reference  u = -log(E[w ~ normal(N)] exp(-mu*g(x + sqrt(2*(T - t))*w)))/mu

train {
  steps 10000; points 50; weight terminal 500
  optimiser adam; lr 2e-4; schedule linear
  width 768; depth 4; activation tanh         # four linear layers, three of them followed by tanh
  method stein-antithetic; sigma 0.01; samples 2048
  test_points 1000; reference_samples 1e5
}
