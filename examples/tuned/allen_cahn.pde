# The Allen-Cahn equation of DeepBSDE (Han, Jentzen & E 2018), its data at the last time: u at the start of the paths.
problem allen_cahn
dim   N = 100                                 # --dim overrides
param T = 0.3
space x in R^N ~ sde(0, sqrt(2))              # points of sqrt(2)*W_t, from x = 0
time  t in [0, T]
unknown u(x, t)

equation  u_t + lap(u) + u - u^3 = 0
terminal  u = 1/(2 + 0.4*|x|^2)               # u = 0.05278136 at t = 0, x = 0 for N = 100

train {
  method hutchinson; samples 2
  steps 4000; points 100; weight terminal 100
  lr 3e-3; schedule cosine
  width 64; depth 4
  embedding radial                            # rotations leave the problem as it is: u depends on |x| and t alone
}
