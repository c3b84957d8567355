# Steady Allen-Cahn equation with the two-body solution of STDE (Shi et al. 2024), by settings for 1000 dimensions.
problem allen_cahn_twobody
dim   N = 1000                                # --dim overrides
param c: vector(N-1) ~ normal(0, 1, seed=0)
space x in ball(N) ~ radial                   # the radius is uniform, not the volume
unknown u(x)

let S = sum(i in 1..N-1, c[i]*sin(x[i] + cos(x[i+1]) + x[i+1]*cos(x[i])))

equation       lap(u) + u - u^3 = 0           # plus the source term of the u below
hard boundary  u = 0
manufacture    u = (1 - |x|^2)*S

train {
  network windows; window 2                   # S is a sum over pairs of neighbours, and so is what the network stands for
  width 8; depth 3                            # of coordinates that are small, u has hardly more than squares
  method taylor                               # its exact Laplacian costs two directions
  steps 18000; points 40
  lr 1e-2; warmup 100; schedule cosine
  average 0.99
  test_points 2000
}
