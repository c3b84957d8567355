problem optimiser_near_miss
space x in [0, 1]
unknown u
equation u_xx = 1
boundary u = 0
train {
  optimiser adamm
}
