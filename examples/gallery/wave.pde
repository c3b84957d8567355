# Wave equation in the unit ball of N dimensions. stde, equations.py (Wave).
problem wave
dim   N = 10000
param T = 1
space x in ball(N) ~ radial                   # the radius is uniform, not the volume
time  t in [0, T]
unknown u(x, t)

equation           u_tt = lap(u)
hard initial       u = sum(i, sinh(x[i]))
initial velocity:  u_t = 0
boundary           u = cosh(t)*sum(i, sinh(x[i]))
exact              u = cosh(t)*sum(i, sinh(x[i]))

train {
  steps 10000; points 100; weight velocity 10, boundary 20
  lr 1e-3; schedule linear
  sigma 0.01; samples 16; test_points 1000
}
