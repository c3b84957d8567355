space x in [0, 1]
unknown h: komplex
equation h_xx = 0
