space x in [0, 1]
unknown h: complex(2)
equation h = 0
