# Flow behind a grid: the steady Navier-Stokes equations and their solution by Kovasznay (1948).
problem kovasznay
param Re = 40, zeta = Re/2 - sqrt(Re^2/4 + 4*pi^2)
space (x, y) in [-0.5, 1]*[-0.5, 1.5]
unknown u: vector(2), p
let   flow = [1 - exp(zeta*x)*cos(2*pi*y), zeta/(2*pi)*exp(zeta*x)*sin(2*pi*y)]
equation momentum:  (u·∇)u = -∇p + Δu/Re
equation mass:      ∇·u = 0
boundary            u = flow
boundary pressure:  p = (1 - exp(2*zeta*x))/2 on x = 1
exact               u = flow
exact               p = (1 - exp(2*zeta*x))/2

train {
  steps 10000; points 500, boundary 100; weight boundary 10
  lr 1e-3; schedule cosine; width 64
  method autograd
}
