# Steady Allen-Cahn equation, its solution made of interactions of neighbours. stde, equations.py (AllenCahnTwobody).
problem allen_cahn_twobody
dim   N = 10000
param c: vector(N-1) ~ normal(0, 1, seed=0)
space x in ball(N) ~ radial                   # the radius is uniform, not the volume
unknown u(x)

let S = sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1]) + x[i+1]*cos(x[i])))

equation       lap(u) + u - u^3 = 0           # plus the source term of the u below
hard boundary  u = 0
manufacture    u = (1 - |x|^2)*S

train {
  steps 10000; points 100
  lr 1e-3; schedule linear
  sigma 0.01; samples 16; test_points 1000
}
