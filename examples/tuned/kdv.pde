# The Korteweg-de Vries equation with a soliton of speed a (the equation of STDE's highord1d), by settings that were tuned.
problem kdv
param T = 1, nu = 0.0025, a = 0.5
space x in [-1, 1]
time  t in [0, T]
unknown u(x, t)

let soliton = 3*a*sech(sqrt(a/nu)/2*(x - a*t))^2

equation  u_t + u*u_x + nu*u_xxx = 0
initial   u = soliton
boundary  u = soliton
exact     u = soliton

train {
  method taylor
  steps 20000; points 300, boundary 100; weight initial 10, boundary 10
  lr 3e-3; schedule cosine
  width 64; depth 4
  dtype float64
}
