dim N = 3
space x in [0, 1]^N
time t in [0, 1]
unknown u
equation u_t = (u·∇)|u|
