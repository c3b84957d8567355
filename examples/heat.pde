# The heat equation in the unit ball: He et al., AISTATS 2023, section 5.2, settings of appendix B.2 (Table 4).
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
  steps 1000; points 50; weight initial 1000, boundary 1000
  optimiser adam; lr 1e-3; schedule linear
  width 256; depth 4; activation tanh         # four linear layers, three of them followed by tanh
  method stein-antithetic; sigma 0.01; samples 2048
}
