# Stationary heat in a disk with a core of another material: the temperature and the flux pass through the interface.
problem two_materials
param k = 10, R = 0.5                         # conductivity of the core, where it is 1 outside
region core = ball(2, radius=R)
space (x, y) in ball(2)
unknown a(x, y), b(x, y)                      # the temperature in the core, and outside

let r2 = x^2 + y^2

equation steel:  k*lap(a) = 4 in core
equation air:    lap(b) = 4 outside core
boundary meet:   a = b on core
boundary flux:   k*dn(a) = dn(b) on core
boundary wall:   b = 1
exact            a = (r2 - R^2)/k + R^2
exact            b = r2

train {
  steps 3000; points 100; weight boundary 10
  lr 1e-3; width 64
  method autograd
}
