# The Hamilton-Jacobi-Bellman equation of DeepBSDE (Han, Jentzen & E 2018): u at the start of the paths of its diffusion.
problem hjb_start
dim   N = 100                                 # --dim overrides
param T = 1
space x in R^N ~ sde(0, sqrt(2))              # points of sqrt(2)*W_t, from x = 0
time  t in [0, T]
unknown u(x, t)

let scale = (N + |x|^2)/10
let spread(s) = 1 + 4*(T - t)*s
let decay(s) = exp(-s)*spread(s)^(-N/2)*exp(-s*|x|^2/spread(s))

equation  u_t + lap(u) = |grad(u)|^2
terminal  u = log((1 + |x|^2)/2)
exact     u = -log(2*integral(v in 0..1, decay(v/(1 - v)/scale)/scale/(1 - v)^2))  # 4.59016 at t = 0, x = 0

train {
  method hutchinson; samples 2
  steps 2000; points 30, terminal 100; weight terminal 100
  lr 3e-3; schedule cosine
  width 64; depth 4
  embedding radial                            # rotations leave the problem as it is: u depends on |x| and t alone
  test_points 1000
}
