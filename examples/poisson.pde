# Poisson's equation in the unit square: He et al., AISTATS 2023, section 5.1, settings of appendix B.1 (Table 3).
problem poisson
dim   N = 2                                   # --dim overrides
space x in [0, 1]^N
unknown u(x)

equation  lap(u) = -sin(sum(i, x[i]))
boundary  u = sin(sum(i, x[i]))/N
exact     u = sin(sum(i, x[i]))/N

train {
  steps 1000; points 100; weight boundary 300
  optimiser adam; lr 1e-3; schedule linear
  width 256; depth 4; activation tanh         # four linear layers, three of them followed by tanh
  method stein-antithetic; sigma 0.01; samples 2048
}
