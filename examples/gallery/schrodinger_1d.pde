# Focusing Schrödinger equation, i*h_t + h_xx/2 + |h|^2*h = 0 for h = u + i*v. DeepXDE,
# examples/pinn_forward/Schrodinger.ipynb. On all of R the solution is a breather of two solitons, not quite periodic.
problem schrodinger_1d
space x in [-5, 5]
time  t in [0, pi/2]
unknown u(x, t), v(x, t)

equation real:       u_t + v_xx/2 + (u^2 + v^2)*v = 0
equation imaginary:  v_t - u_xx/2 - (u^2 + v^2)*u = 0
initial              u = 2*sech(x)
initial              v = 0
periodic             x

train {
  steps 20000; points 1000, initial 100, periodic 100; weight initial 10
  lr 1e-3; schedule cosine
  sigma 0.01; samples 256
}
