# Vibrating string, of two modes. PINNacle, src/pde/wave.py (Wave1D).
problem wave_1d
param C = 2, a = 4
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)

equation           u_tt = C^2*u_xx
initial            u = sin(pi*x) + sin(a*pi*x)/2
initial velocity:  u_t = 0
boundary           u = 0
exact              u = sin(pi*x)*cos(C*pi*t) + sin(a*pi*x)*cos(C*a*pi*t)/2

train {
  steps 20000; points 500; weight initial 100, velocity 10, boundary 100
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
