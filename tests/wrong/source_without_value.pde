space x in [0, 1]
time t in [0, 1]
unknown u
equation log(u_t) = u_xx
manufacture u = sin(x)
