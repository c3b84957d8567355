# Steady flow in a cavity, driven by its lid: Navier-Stokes equations. PINNacle, src/pde/ns.py (NS2D_LidDriven).
problem lid_driven_cavity
param nu = 1/100, a = 4
space (x, y) in [0, 1]^2
unknown u: vector(2), p

equation momentum:  advect(u, u) + grad(p) = nu*lap(u)
equation mass:      div(u) = 0
boundary lid:       u = [a*x*(1 - x), 0] on y = 1
boundary floor:     u = 0 on y = 0
boundary left:      u = 0 on x = 0
boundary right:     u = 0 on x = 1
boundary pressure:  p = 0 on x = 0, y = 0

train {
  steps 20000; points 500, boundary 100, pressure 1; weight boundary 10
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
