# Allen-Cahn equation with its data at the last time. DeepBSDE, equation.py (AllenCahn), configs/allencahn_d100.json.
problem allen_cahn
dim   N = 100
param T = 0.3
space x in R^N ~ sde(0, sqrt(2))              # points of sqrt(2)*W_t, from x = 0
time  t in [0, T]
unknown u(x, t)

equation  u_t + lap(u) + u - u^3 = 0
terminal  u = 1/(2 + 0.4*|x|^2)               # u = 0.05278136 at t = 0, x = 0 for N = 100

train {
  steps 5000; points 100; weight terminal 100
  lr 1e-3; schedule cosine
  sigma 0.05; samples 256
}
