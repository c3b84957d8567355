# Brusselator, two substances that react and diffuse. py-pde, examples/simple_pdes/pde_brusselator_expression.py.
# The source disturbs v by independent numbers on a grid; here the disturbance is a sum of waves with random amplitudes.
problem brusselator
param a = 1, b = 3, d0 = 1, d1 = 0.1
param c: vector(20) ~ normal(0, 0.1, seed=0)
space (x, y) in [0, 64]^2
time  t in [0, 20]
unknown u(x, y, t), v(x, y, t)

let noise = sum(k in 1..20, c[k]*cos(k*pi*x/64)*cos(k*pi*y/64))

equation  u_t = d0*lap(u) + a - (b + 1)*u + u^2*v
equation  v_t = d1*lap(v) + b*u - u^2*v
initial   u = a
initial   v = b/a + noise
boundary  dn(u) = 0
boundary  dn(v) = 0

train {
  steps 20000; points 1000, boundary 100; weight initial 10
  lr 1e-3; schedule cosine
  sigma 0.05; samples 256
}
