# A claim on a stock that jumps (Merton 1976), in the logarithm x of its price: an integro-differential equation. It
# pays a power of the price.
problem merton_jump
param r = 0.05, sigma = 0.2, p = 2, T = 1
param lambda = 1, m = -0.1, delta = 0.15      # jumps a year; mean and standard deviation of a jump of x
param kappa = exp(m + delta^2/2) - 1
param gain = p*(r - sigma^2/2 - lambda*kappa) + p^2*sigma^2/2 - r + lambda*(exp(p*m + p^2*delta^2/2) - 1)
space x in R ~ normal(0, 0.5)
time  t in [0, T]
unknown V(x, t)
equation  V_t + sigma^2/2*V_xx + (r - sigma^2/2 - lambda*kappa)*V_x + lambda*E[z ~ normal()] V(x + m + delta*z, t)
            = (r + lambda)*V
terminal  V = exp(p*x)
exact     V = exp(p*x + gain*(T - t))

train {
  steps 3000; points 200; weight terminal 10
  lr 1e-3; width 64
  method autograd
}
