# The heat equation in a cylinder whose mantle is heated and whose ends are insulated.
problem heat_cylinder
region mantle = sphere(2)*[0, 1]
space (x, y, z) in ball(2)*[0, 1]
time  t in [0, 0.5]
unknown u(x, y, z, t)

equation         u_t = lap(u)
initial          u = x^2 + y^2 + cos(pi*z)
boundary heat:   dn(u) = 2 on mantle
boundary floor:  u_z = 0 on z = 0
boundary top:    u_z = 0 on z = 1
exact            u = x^2 + y^2 + 4*t + exp(-pi^2*t)*cos(pi*z)

train {
  steps 3000; points 200; weight initial 10, boundary 10
  lr 1e-3; width 64
  method autograd
}
