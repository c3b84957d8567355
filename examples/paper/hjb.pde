# The Hamilton-Jacobi-Bellman equation of linear-quadratic-Gaussian control: He et al., AISTATS 2023, section 5.3,
# settings of appendix B.3 (Table 5). The solution, an expectation in N dimensions, is one integral here, without noise.
problem hjb
dim   N = 250                                 # --dim overrides
param mu = 1, T = 1
space x in R^N ~ normal(0, 1)                 # a whole space needs a law to sample from
time  t in [0, T]
unknown u(x, t)

let g(x) = log((1 + |x|^2)/2)

# exp(-mu*u) is the mean of exp(-mu*g) at a normal point about x. With Y its squared length, a multiple of a non-central
# chi-square, (1 + Y)^(-mu) is an integral of exp(-s*(1 + Y)), of which the mean is known: one integral is left, in which
# s = v/(1 - v)/scale.
let scale = (N + |x|^2)/10
let weight(s) = s^(mu - 1)*exp(-s)
let spread(s) = 1 + 4*(T - t)*s
let decay(s) = weight(s)*spread(s)^(-N/2)*exp(-s*|x|^2/spread(s))

equation  u_t + lap(u) - mu*|grad(u)|^2 = 0
terminal  u = g(x)
exact     u = -log(2^mu*integral(v in 0..1, decay(v/(1 - v)/scale)/scale/(1 - v)^2))/mu

train {
  steps 10000; points 50; weight terminal 500
  optimiser adam; lr 2e-4; schedule linear
  width 768; depth 4; activation tanh         # four linear layers, three of them followed by tanh
  method stein-antithetic; sigma 0.01; samples 2048
  test_points 1000
}
