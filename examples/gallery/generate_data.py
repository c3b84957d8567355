"""The data files of the gallery: what is in them, made again by `python examples/gallery/generate_data.py`."""

import math
import random
from collections.abc import Iterator
from pathlib import Path


def grid(n: int, length: float) -> Iterator[tuple[float, float]]:
    """The points of an n by n grid on [0, length]^2."""
    places = [length * k / (n - 1) for k in range(n)]
    return ((x, y) for x in places for y in places)


def files() -> dict[str, str]:
    """Name of a file -> its text."""
    noise = random.Random(7)
    found = {"heat_varying": ["x,y,a"], "burgers_2d": ["x,y,u0,v0"], "poisson_inverse": ["x,y,u"]}
    found["heat_inverse"] = ["x,t,u"]
    for x, y in grid(9, 1):
        found["heat_varying"].append(f"{x},{y},{1.7 + 0.4 * x * y}")
    for x, y in grid(33, 4):
        u = math.sin(math.pi * x / 2) * math.cos(math.pi * y / 2)
        v = math.cos(math.pi * (x + y) / 2) / 2
        found["burgers_2d"].append(f"{x},{y},{u:.6f},{v:.6f}")
    for x, y in grid(50, 1):
        u = math.sin(math.pi * x) * math.sin(math.pi * y) + noise.gauss(0, 0.1)
        found["poisson_inverse"].append(f"{x:.6f},{y:.6f},{u:.6f}")
    for _ in range(200):
        x, t = noise.random(), noise.random()
        u = math.exp(-0.2 * math.pi**2 * t) * math.sin(math.pi * x) + noise.gauss(0, 0.01)
        found["heat_inverse"].append(f"{x:.6f},{t:.6f},{u:.6f}")
    return {f"{name}.csv": "\n".join([*lines, ""]) for name, lines in found.items()}


if __name__ == "__main__":
    for name, text in files().items():
        (Path(__file__).parent / name).write_text(text, encoding="utf-8")
