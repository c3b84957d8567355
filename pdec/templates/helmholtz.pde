# The Helmholtz equation: waves of one frequency, k = 2*pi/wavelength.
problem helmholtz
param k = 4
space (x, y) in [0, 1]^2
unknown u(x, y)

let wave = sin(k*(x + y)/sqrt(2))

equation  lap(u) + k^2*u = 0
boundary  u = wave
exact     u = wave

train {
  steps 10000; points 500; weight boundary 100
  lr 1e-3; schedule cosine
  method autograd
}
