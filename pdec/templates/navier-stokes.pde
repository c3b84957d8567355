# The Navier-Stokes equations of an incompressible flow: the decaying vortex of Taylor and Green.
problem navier_stokes
param nu = 0.01
space (x, y) in [0, 2*pi]^2
time  t in [0, 1]
unknown u(x, y, t): vector(2), p(x, y, t)

let decay = exp(-2*nu*t)
let vortex = [cos(x)*sin(y), -sin(x)*cos(y)]

equation momentum:  u_t + (u.grad)u + grad(p) = nu*lap(u)
equation mass:      div(u) = 0
initial             u = vortex
boundary            u = decay*vortex
boundary pressure:  p = -decay^2*(cos(2*x) + cos(2*y))/4 on x = 0, y = 0
exact               u = decay*vortex
exact               p = -decay^2*(cos(2*x) + cos(2*y))/4

train {
  steps 20000; points 1000, pressure 1; weight initial 10, boundary 10
  lr 1e-3; schedule cosine
  method autograd
}
