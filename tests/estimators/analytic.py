"""Functions with smoothed derivatives in closed form: polynomials, Gaussians, steps, waves, exponentials.

A function g of one variable knows `value(x)` and `smoothed(m, x, sigma)`, the m-th derivative at x of E g(x + sigma z),
z ~ N(0, 1). A product over coordinates is smoothed factor by factor.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass, field

import torch
from numpy.polynomial.hermite_e import hermeval


def hermite(n: int, y: float) -> float:
    return float(hermeval(y, [0] * n + [1]))


@dataclass(frozen=True)
class Power:
    n: int

    def value(self, x: torch.Tensor) -> torch.Tensor:
        return x**self.n

    def smoothed(self, m: int, x: float, sigma: float) -> float:
        if m > self.n:
            return 0.0
        n = self.n - m
        moments = (math.comb(n, 2 * k) * math.prod(range(1, 2 * k, 2)) * sigma ** (2 * k) for k in range(n // 2 + 1))
        return math.perm(self.n, m) * sum(moment * x ** (n - 2 * k) for k, moment in enumerate(moments))


@dataclass(frozen=True)
class Bell:
    """exp(-(x - c)²/2)."""

    c: float

    def value(self, x: torch.Tensor) -> torch.Tensor:
        return (-(x - self.c).square() / 2).exp()

    def smoothed(self, m: int, x: float, sigma: float) -> float:
        s = math.sqrt(1 + sigma**2)
        y = (x - self.c) / s
        return (-1) ** m * hermite(m, y) * math.exp(-(y**2) / 2) / s ** (m + 1)


@dataclass(frozen=True)
class Step:
    """1 where x > c, else 0: no derivative anywhere, smoothed or not, but by Stein's identity."""

    c: float

    def value(self, x: torch.Tensor) -> torch.Tensor:
        return (x > self.c).to(x.dtype)

    def smoothed(self, m: int, x: float, sigma: float) -> float:
        y = (x - self.c) / sigma
        if m == 0:
            return (1 + math.erf(y / math.sqrt(2))) / 2
        return (-1) ** (m - 1) * hermite(m - 1, y) * math.exp(-(y**2) / 2) / math.sqrt(2 * math.pi) / sigma**m


@dataclass(frozen=True)
class Product:
    """Π_j factor_j(x_j) over some of the columns."""

    factors: dict[int, Power | Bell | Step]

    def value(self, points: torch.Tensor) -> torch.Tensor:
        value = torch.ones_like(points[..., 0])
        for column, factor in self.factors.items():
            value = value * factor.value(points[..., column])
        return value

    def smoothed(self, point: tuple[float, ...], sigmas: list[float], columns: list[int]) -> float:
        if not set(columns) <= set(self.factors):
            return 0.0
        return math.prod(f.smoothed(columns.count(j), point[j], sigmas[j]) for j, f in self.factors.items())


@dataclass(frozen=True)
class Wave:
    """cos(w·x + phase), or exp(w·x + phase) where `growing`."""

    w: tuple[float, ...]
    phase: float = 0.0
    growing: bool = False

    def value(self, points: torch.Tensor) -> torch.Tensor:
        exponent = points @ torch.tensor(self.w, dtype=points.dtype) + self.phase
        return exponent.exp() if self.growing else exponent.cos()

    def smoothed(self, point: tuple[float, ...], sigmas: list[float], columns: list[int]) -> float:
        unit = 1 if self.growing else 1j
        total = cmath.exp(unit * self.phase)
        for w, x, sigma in zip(self.w, point, sigmas):
            total *= cmath.exp(unit * w * x + (unit * w * sigma) ** 2 / 2)
        return complex(total * math.prod(unit * self.w[column] for column in columns)).real


@dataclass(frozen=True)
class Function:
    """A sum of the above as a network (…, n_coords) -> (…, 1); `rows` notes what each call was given."""

    terms: tuple[Product | Wave, ...]
    rows: list[int] = field(default_factory=list, compare=False)

    def __call__(self, points: torch.Tensor) -> torch.Tensor:
        self.rows.append(points.shape[:-1].numel())
        return sum(term.value(points) for term in self.terms)[..., None]

    def smoothed(self, point: tuple[float, ...], sigmas: list[float], columns: list[int]) -> float:
        return sum(term.smoothed(point, sigmas, columns) for term in self.terms)
