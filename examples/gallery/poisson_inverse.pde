# The conductivity of a Poisson problem from noisy measurements of u. PINNacle, src/pde/inverse.py (PoissonInv), with the
# signs in its source term put right: 2*x - 1 in place of 2*x + 1.
problem poisson_inverse
space (x, y) in [0, 1]^2
unknown u(x, y), a(x, y)

let q = 1/(1 + x^2 + y^2 + (x - 1)^2 + (y - 1)^2)
let s = (2*x - 1)*cos(pi*x)*sin(pi*y) + (2*y - 1)*sin(pi*x)*cos(pi*y)

equation  div(a*grad(u)) + 2*pi^2*sin(pi*x)*sin(pi*y)*q + 2*pi*s*q^2 = 0
data      u = "poisson_inverse.csv"           # 50 x 50 points, with noise of standard deviation 0.1
boundary  a = q
exact     u = sin(pi*x)*sin(pi*y)
exact     a = q
