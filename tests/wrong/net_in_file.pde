problem net_in_file
space x in [0, 1]
unknown u
equation u_xx = 1
boundary u = 0
train {
  net my_module
}
