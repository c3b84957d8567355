# Focusing Schrödinger equation for a complex unknown; schrodinger_1d.pde states it by real and imaginary part.
# DeepXDE, examples/pinn_forward/Schrodinger.ipynb.
problem schrodinger_complex
space x in [-5, 5]
time  t in [0, pi/2]
unknown h(x, t): complex

equation  i*h_t + h_xx/2 + |h|^2*h = 0
initial   h = 2*sech(x)
periodic  x

train {
  steps 20000; points 1000, initial 100, periodic 100; weight initial 10
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
