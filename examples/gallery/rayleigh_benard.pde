# Rayleigh-Benard convection between two plates, periodic in x: pressure p, buoyancy b, velocity U. Dedalus,
# examples/ivp_2d_rayleigh_benard/rayleigh_benard.py. The source disturbs b by independent numbers on a grid; here the
# disturbance is a sum of waves with random amplitudes.
problem rayleigh_benard
param Ra = 2e6, Pr = 1, Lx = 4, Lz = 1
param kappa = 1/sqrt(Ra*Pr), nu = sqrt(Pr/Ra)
param c: vector(20) ~ normal(0, 1e-3, seed=42)
space (x, z) in [0, 4]*[0, 1]
time  t in [0, 50]
unknown p(x, z, t), b(x, z, t), U(x, z, t): vector(2)

let noise = sum(k in 1..20, c[k]*cos(2*k*pi*x/Lx)*cos(k*pi*z))

equation mass:      div(U) = 0
equation heat:      b_t - kappa*lap(b) = -dot(U, grad(b))
equation momentum:  d(U, t) - nu*lap(U) + grad(p) - [0, b] = -advect(U, U)
equation gauge:     mean(p) = 0
initial             b = Lz - z + noise*z*(Lz - z)
initial             U = 0
boundary bottom:    b = Lz on z = 0
boundary top:       b = 0 on z = 1
boundary floor:     U = 0 on z = 0
boundary ceiling:   U = 0 on z = 1
periodic            x

train {
  steps 20000; points 1000, boundary 100; weight initial 10
  lr 1e-3; schedule cosine
  width 128; depth 5
  mean_points 64
  method autograd
}
