# Laplace's equation in an L-shaped domain, whose solution has an unbounded gradient at the inward corner (0, 0).
problem laplace_lshape
region corner = [0, 1]*[-1, 0]
space (x, y) in [-1, 1]^2 - corner
unknown u(x, y)

let theta = 3*pi/4 + atan2(-x - y, y - x)     # the angle, from 0 to 3/2*pi, turning from one side of the corner to the other

equation         lap(u) = 0
boundary sides:  u = 0 on corner
boundary rest:   u = (x^2 + y^2)^(1/3)*sin(2/3*theta)
exact            u = (x^2 + y^2)^(1/3)*sin(2/3*theta)

train {
  steps 5000; points 200; weight sides 100, rest 100
  lr 1e-3; width 64
  method autograd
}
