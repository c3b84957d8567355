# A bar that is pulled: linear elasticity (Lamé), a traction on one face, none on the sides, which become narrower.
problem elastic_bar
param Y = 1, nu = 0.3, s = 0.1                # Young's modulus, Poisson's ratio, the traction
param lambda = Y*nu/((1 + nu)*(1 - 2*nu)), mu = Y/(2*(1 + nu))
space (x, y, z) in [0, 1]^3
unknown u: vector(3)
let   strain = (grad(u) + transpose(grad(u)))/2
let   stress = lambda*tr(strain)*eye(3) + 2*mu*strain
equation          div(stress) = 0
boundary held:    u = s/Y*[0, -nu*y, -nu*z] on x = 0
boundary pulled:  dot(stress, n) = [s, 0, 0] on x = 1
boundary front:   dot(stress, n) = 0 on y = 0
boundary back:    dot(stress, n) = 0 on y = 1
boundary below:   dot(stress, n) = 0 on z = 0
boundary above:   dot(stress, n) = 0 on z = 1
exact             u = s/Y*[x, -nu*y, -nu*z]

train {
  steps 5000; points 200; weight held 100
  lr 1e-3; width 64
  method autograd
}
