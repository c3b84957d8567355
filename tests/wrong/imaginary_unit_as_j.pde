space x in [0, 1]
time t in [0, 1]
unknown h: complex
equation j*h_t = h_xx
