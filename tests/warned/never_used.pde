problem never_used
param a = 1                # pdec: ignore W401
param b = 1
space x in [0, 1]
unknown u(x)
equation u_xx = 2
boundary u = x
exact u = x^2
