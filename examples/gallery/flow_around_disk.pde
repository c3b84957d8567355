# The potential of a flow around a disk, in a square.
problem flow_around_disk
region disk = ball(2, radius=0.25)
space (x, y) in [-1, 1]^2 - disk
unknown u(x, y)

equation         lap(u) = 0
boundary wall:   dn(u) = 0 on disk
boundary far:    u = x*(1 + 1/(16*(x^2 + y^2))) on x = -1
boundary away:   u = x*(1 + 1/(16*(x^2 + y^2))) on x = 1
boundary below:  u_y = -x*y/(8*(x^2 + y^2)^2) on y = -1
boundary above:  u_y = -x*y/(8*(x^2 + y^2)^2) on y = 1
exact            u = x*(1 + 1/(16*(x^2 + y^2)))

train {
  steps 3000; points 200; weight boundary 10
  lr 1e-3; width 64
  method autograd
}
