# Laplace's equation between two circles: the potential of a cylindrical capacitor.
problem laplace_annulus
space (x, y) in annulus(2, inner=1, outer=2)
unknown u(x, y)

equation             lap(u) = 0
boundary conductor:  u = 0 on inner
boundary charge:     dn(u) = 1/2 on outer
exact                u = log(x^2 + y^2)/2

train {
  steps 3000; points 100; weight conductor 10
  lr 1e-3; width 64
  method autograd
}
