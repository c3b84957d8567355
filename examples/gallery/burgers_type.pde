# Burgers-type equation in N dimensions. DeepBSDE, equation.py (BurgersType), configs/burgers_type_d50.json.
problem burgers_type
dim   N = 50
param T = 0.2
space x in R^N ~ sde(0, N)                    # points of N*W_t, from x = 0
time  t in [0, T]
unknown u(x, t)

let s = sum(i, x[i])/N

equation  u_t + N^2/2*lap(u) + N*(u - (2 + N)/(2*N))*sum(i, d(u, x[i])) = 0
terminal  u = 1 - 1/(1 + exp(T + s))
exact     u = 1 - 1/(1 + exp(t + s))

train {
  steps 5000; points 100; weight terminal 100
  lr 1e-3; schedule cosine
  sigma 0.1; samples 256
}
