# One-phase Stefan problem, v_t = v_xx for 0 < x < s(t), with the free boundary s' = -v_x where v = 0; on the fixed
# domain 0 < y < 1 by y = x/s(t), u(y, t) = v(x, t). The front moves at a steady pace: s = 1 + t.
problem stefan
space y in [0, 1]
time  t in [0, 1]
unknown u(y, t), s(t)

equation                   u_t = u_yy/s^2 + y*s_t/s*u_y
hard initial temperature:  u = exp(1 - y) - 1
hard initial position:     s = 1
boundary wall:             u = exp(1 + t) - 1 on y = 0
boundary front:            u = 0 on y = 1
boundary speed:            s_t = -u_y/s on y = 1
exact                      u = exp((1 + t)*(1 - y)) - 1
exact                      s = 1 + t

train { method autograd; steps 2000; points 100; weight wall 100, front 100, speed 10; width 32; lr 3e-3 }
