space (x, y) in [0, 1]^2
unknown h: complex
equation grad(h) = 0
