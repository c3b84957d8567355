# Kuramoto-Sivashinsky equation. PINNacle, src/pde/chaotic.py (KuramotoSivashinskyEquation), which leaves the ends free;
# its reference solution is periodic.
problem kuramoto_sivashinsky
param alpha = 100/16, beta = 100/16^2, gam = 100/16^4
space x in [0, 2*pi]
time  t in [0, 1]
unknown u(x, t)

equation  u_t + alpha*u*u_x + beta*u_xx + gam*u_xxxx = 0
initial   u = cos(x)*(1 + sin(x))
periodic  x

train {
  steps 20000; points 500; weight initial 100, periodic 10
  lr 1e-3; schedule cosine
  method autograd
}
