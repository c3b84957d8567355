# Where does the heat come from? The source q(x) is found from the temperature at the last time.
problem heat_source
param k = 0.1
space x in [0, 1]
time  t in [0, 1]
unknown u(x, t), q(x)
let   a(n) = (1 - exp(-k*(n*pi)^2*t))/(k*(n*pi)^2)

equation       u_t = k*u_xx + q
initial        u = 0
terminal       u = a(1)*sin(pi*x) + a(2)*sin(2*pi*x)/2
hard boundary  u = 0
exact          u = a(1)*sin(pi*x) + a(2)*sin(2*pi*x)/2
exact          q = sin(pi*x) + sin(2*pi*x)/2

train { method autograd; steps 3000; points 100; weight initial 100, terminal 100; width 32; lr 1e-2 }
