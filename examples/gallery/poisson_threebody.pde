# Poisson's equation, its solution made of interactions of three neighbours. stde, equations.py (PoissonThreebody),
# whose own source term leaves out factors of the chain rule: its u is not the solution. Here it is.
problem poisson_threebody
dim   N = 10000
param c: vector(N-2) ~ normal(0, 1, seed=0)
space x in ball(N) ~ radial                   # the radius is uniform, not the volume
unknown u(x)

let S = sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2]))

equation       lap(u) = 0                     # plus the source term of the u below
hard boundary  u = 0
manufacture    u = (1 - |x|^2)*S

train {
  steps 10000; points 100
  lr 1e-3; schedule linear
  sigma 0.01; samples 16; test_points 1000
}
