# A plane wave that enters at the left and leaves at the right: Helmholtz's equation for a complex amplitude, with the
# condition of Sommerfeld (an impedance) where the wave leaves.
problem helmholtz_impedance
param k = 4
space (x, y) in [0, 1]^2
unknown u: complex
equation           lap(u) + k^2*u = 0
boundary inflow:   u = 1 on x = 0
boundary outflow:  dn(u) = i*k*u on x = 1
boundary wall:     dn(u) = 0 on y = 0
boundary roof:     dn(u) = 0 on y = 1
exact              u = exp(i*k*x)

train {
  steps 3000; points 200; weight inflow 10
  lr 1e-3; width 64
  method autograd
}
