# The density of an Ornstein-Uhlenbeck process in N dimensions, dX = -theta*X dt + sqrt(2*D) dW, that starts from a
# Gaussian. Densities have no scale in many dimensions: q = log p.
problem fokker_planck_ou
dim   N = 10
param theta = 1, D = 1/2, s0 = 2              # s0: the variance at first
space x in R^N ~ sde(-theta*x, sqrt(2*D), start=normal(0, sqrt(s0)))
time  t in [0, 1]
unknown q
let   s = D/theta + (s0 - D/theta)*exp(-2*theta*t)
equation  q_t = D*(lap(q) + |grad(q)|^2) + theta*(N + dot(x, grad(q)))
initial   q = -|x|^2/(2*s0) - N/2*log(2*pi*s0)
exact     q = -|x|^2/(2*s) - N/2*log(2*pi*s)

train {
  steps 3000; points 200; weight initial 10
  lr 1e-3; width 128
}
