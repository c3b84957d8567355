# Poisson's equation in a box.
problem poisson
dim   N = 2                                   # --dim overrides
space x in [0, 1]^N
unknown u(x)

let f = pi^2*sum(i, sin(pi*x[i]))             # the source term

equation  -lap(u) = f
boundary  u = sum(i, sin(pi*x[i]))
exact     u = sum(i, sin(pi*x[i]))

train {
  steps 2000; points 200; weight boundary 100
  lr 1e-3; schedule cosine
  method autograd
}
