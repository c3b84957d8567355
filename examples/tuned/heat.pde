# The heat equation in the unit ball (He et al., AISTATS 2023, section 5.2), by settings that were tuned.
problem heat
dim   N = 100                                 # --dim overrides
space x in ball(N, radius=1)
time  t in [0, 1]
unknown u(x, t)

equation  u_t = lap(u)
initial   u = |x|^2/(2*N)
boundary  u = t + 1/(2*N)
exact     u = t + |x|^2/(2*N)

train {
  method stein; samples 4
  steps 2000; points 50; weight initial 1000, boundary 1000
  lr 3e-3; schedule cosine
  width 64; depth 4
  embedding radial                            # rotations leave the problem as it is: u depends on |x| and t alone
  test_points 2000
}
