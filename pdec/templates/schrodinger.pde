# The Schrödinger equation i*h_t = -h_xx/2 + V*h for h = u + i*v, in the well V.
problem schrodinger
space x in R ~ normal(0, 1)
time  t in [0, 1]
unknown u(x, t), v(x, t)

let V = x^2/2
let ground = exp(-x^2/2)/pi^(1/4)

equation real:       u_t = -v_xx/2 + V*v
equation imaginary:  v_t = u_xx/2 - V*u
initial              u = ground
initial              v = 0
exact                u = ground*cos(t/2)
exact                v = -ground*sin(t/2)

train {
  steps 10000; points 500; weight initial 10
  lr 1e-3; schedule cosine
  method autograd
}
