param L = 1 + i
space x in [0, L]
unknown h: complex
equation h_xx = 0
