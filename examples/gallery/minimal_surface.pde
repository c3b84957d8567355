# Scherk's minimal surface.
problem minimal_surface
space (x, y) in [-1, 1]^2
unknown u
equation  div(grad(u)/sqrt(1 + |grad(u)|^2)) = 0
boundary  u = log(cos(y)/cos(x))
exact     u = log(cos(y)/cos(x))

train {
  steps 3000; points 200; weight boundary 10
  lr 1e-3; width 64
  method autograd
}
