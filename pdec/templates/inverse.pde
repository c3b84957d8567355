# An inverse problem: how fast does it diffuse? The number k is found together with u.
problem inverse
unknown param k = 1 in [0.1, 10]              # where it starts and, if wanted, its bounds
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t)

let measured = exp(-t)*sin(pi*x)              # in place of your measurements

equation          u_t = k*u_xx
initial           u = sin(pi*x)
boundary          u = 0
boundary sensor:  u = measured on x = 0.5     # what is known besides

train {
  steps 10000; points 200; weight initial 10, boundary 10, sensor 100
  lr 1e-3; schedule cosine
  method autograd
}
