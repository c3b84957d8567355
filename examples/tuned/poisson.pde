# Poisson's equation in the unit square (He et al., AISTATS 2023, section 5.1), by settings that were tuned.
problem poisson
dim   N = 2                                   # --dim overrides
space x in [0, 1]^N
unknown u(x)

equation  lap(u) = -sin(sum(i, x[i]))
boundary  u = sin(sum(i, x[i]))/N
exact     u = sin(sum(i, x[i]))/N

train {
  method autograd
  steps 4000; points 100; weight boundary 300
  lr 3e-3; schedule cosine
  width 64; depth 4
}
