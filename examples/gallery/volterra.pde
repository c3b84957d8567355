# A Volterra integro-differential equation: u' + u is a weighted past of u. DeepXDE, examples/pinn_forward/Volterra_IDE.py.
problem volterra
space x in [0, 5]
unknown u(x)

equation  u_x + u - integral(s in 0..x, exp(s - x)*u(s)) = 0
boundary  u = 1 on x = 0
exact     u = exp(-x)*cosh(x)

train {
  steps 5000; points 100; weight boundary 10
  lr 1e-3; schedule cosine
  width 20; depth 4
  method autograd
}
