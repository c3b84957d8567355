# The Hamilton-Jacobi-Bellman equation of linear-quadratic-Gaussian control: He et al., AISTATS 2023, section 5.3.
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

equation       u_t + lap(u) - mu*|grad(u)|^2 = 0
hard terminal  u = g(x)
exact          u = -log(2^mu*integral(v in 0..1, decay(v/(1 - v)/scale)/scale/(1 - v)^2))/mu

train {
  diffuse 2
  method hutchinson; samples 2
  steps 4000; points 30
  lr 3e-3; schedule cosine
  width 64; depth 4
  embedding radial                            # rotations leave the problem as it is: u depends on |x| and t alone
  test_points 1000
}
