# The heat equation in the unit ball of N dimensions. Every line is a place to begin: change what is yours.
problem heat
dim   N = 10                                  # --dim overrides
space x in ball(N, radius=1)
time  t in [0, 1]
unknown u(x, t)

equation  u_t = lap(u)
initial   u = |x|^2/(2*N)
boundary  u = t + 1/(2*N)
exact     u = t + |x|^2/(2*N)                 # if there is one: pdec check proves or refutes it

train {
  steps 1000; points 50; weight initial 1000, boundary 1000
  lr 1e-3; schedule linear
  sigma 0.01; samples 256                     # or: method autograd
}
