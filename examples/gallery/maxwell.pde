# A plane wave in a periodic box: Maxwell's equations in vacuum, with the two divergences that they keep.
problem maxwell
space x in [0, 2*pi]^3
time  t in [0, 1]
unknown E: vector(3), B: vector(3)
let   phase = x[1] + 2*x[2] + 2*x[3] - 3*t    # the wave vector k = (1, 2, 2) has length 3
let   e = [0, 1, -1]                          # across k
let   b = [-4, 1, 1]/3                        # k × e over the length of k
equation faraday:       B_t = -curl(E)
equation ampere:        E_t = curl(B)
equation gauss:         div(E) = 0
equation no_monopoles:  div(B) = 0
initial                 E = cos(x[1] + 2*x[2] + 2*x[3])*e
initial                 B = cos(x[1] + 2*x[2] + 2*x[3])*b
periodic                x[1], x[2], x[3]
exact                   E = cos(phase)*e
exact                   B = cos(phase)*b

train {
  steps 20000; points 500, initial 200, periodic 50; weight initial 10
  lr 1e-3; schedule cosine; width 128
  method autograd
}
