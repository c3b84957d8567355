# Bending of a beam that is clamped at one end (DeepXDE, Euler_beam.py), by settings that were tuned.
problem beam
space x in [0, 1]
unknown u(x)

equation  u_xxxx + 1 = 0
boundary  u = 0 on x = 0
boundary  u_x = 0 on x = 0
boundary  u_xx = 0 on x = 1
boundary  u_xxx = 0 on x = 1
exact     u = -x^4/24 + x^3/6 - x^2/4

train {
  method taylor
  steps 6000; points 50, boundary 1; weight boundary 10
  lr 3e-3; schedule cosine
  width 32; depth 4
  dtype float64
}
