problem plate
dim N = 2
space x in ball(N)
unknown u(x)
equation  bilap(u) = 1
boundary  u = 0
