# A plane wave of the complex Ginzburg-Landau equation: amplitude and frequency follow from the wave number q.
problem ginzburg_landau
param alpha = 1, beta = 2, q = 1/2
param R = sqrt(1 - q^2), omega = beta + (alpha - beta)*q^2
space x in [0, 4*pi]
time  t in [0, 2]
unknown A: complex
equation  A_t = A + (1 + i*alpha)*A_xx - (1 + i*beta)*|A|^2*A
initial   A = R*exp(i*q*x)
periodic  x
exact     A = R*exp(i*(q*x - omega*t))

train {
  steps 10000; points 500, initial 100, periodic 50; weight initial 10
  lr 1e-3; schedule cosine; width 64
  method autograd
}
