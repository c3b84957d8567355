# stde, equations.py (PoissonThreebody), with its own source term, which leaves out factors of the chain rule.
problem poisson_threebody
dim   N = 10000
param c: vector(N-2) ~ normal(0, 1, seed=0)
space x in ball(N)
unknown u(x)

let S = sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2]))

equation  lap(u) = (1 - |x|^2)*3*S - 4*sum(i in 1..N-2, c[i]*exp(x[i]*x[i+1]*x[i+2])*(x[i] + x[i+1] + x[i+2])) - 2*N*S
boundary  u = 0
exact     u = (1 - |x|^2)*S
