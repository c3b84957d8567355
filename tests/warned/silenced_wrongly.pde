# pdec: ignore E101, W999
problem silenced_wrongly
space x in [0, 1]          # pdec: ignore
unknown u(x)
equation u_xx = 2
boundary u = x
exact u = x^2
