# Sine-Gordon equation with its data at the last time; u is N times the usual unknown. stde, equations.py
# (SineGordonTime).
problem sine_gordon_time
dim   N = 10000
param T = 0.3
space x in R^N ~ sde(0, sqrt(2))              # normal(0, sqrt(2*t))
time  t in [0, T]
unknown u(x, t)

equation  u_t + lap(u) + N*sin(u/N) = 0
terminal  u = 5*N/(10 + 2*|x|^2)              # u/N = 0.00056209 at t = 0, x = 0 for N = 10000; 0.3229264 for N = 10

train {
  steps 10000; points 100; weight terminal 20
  lr 1e-3; schedule linear
  sigma 0.01; samples 16; test_points 1000
}
