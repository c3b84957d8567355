# Gradient-enhanced Korteweg-de Vries equation: the gradient of the residual vanishes too. stde, equations.py
# (highord1d), which sets no conditions; these are those of a soliton of speed a, from the literature.
problem kdv_gradient_enhanced
param T = 1, nu = 0.0025, a = 0.5
space x in [-1, 1]
time  t in [0, T]
unknown u(x, t)

let soliton = 3*a*sech(sqrt(a/nu)/2*(x - a*t))^2

equation kdv:  u_t + u*u_x + nu*u_xxx = 0
also along_x:  kdv_x = 0
also along_t:  kdv_t = 0
initial        u = soliton
boundary       u = soliton
exact          u = soliton

train {
  steps 20000; points 500; weight along_x 0.001, along_t 0.001, initial 10, boundary 10
  lr 1e-3; schedule cosine
  method autograd
}
