"""How fast solutions e^{st + iλξ·x} of a frozen system grow: the determinant of its symbol, and its roots s as λ → ∞.

The roots behave like z λ^p; each edge of the upper Newton polygon of the determinant gives a power p and numbers z. All
z of an edge p > 1 in the left half-plane: parabolic in the sense of Petrovskii; all in the right one: parabolic with
time reversed; all imaginary: dispersive. p = 1 and imaginary: hyperbolic. p ≤ 0: no more than an ordinary equation.
"""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from pdec.budget import spend

Coefficient: TypeAlias = "tuple[complex, float, bool]"
"""A number, the sum of the sizes of what was added up to it, and whether it depends on values of the unknown."""

Polynomial: TypeAlias = "dict[tuple[int, int], Coefficient]"
"""Powers of (s, λ) → coefficient."""

MAX_SIZE = 8
ROUNDING = 1e-9
MAX_ITERATIONS = 100
TOLERANCE = 1e-4
"""A root is imaginary where its real part is below this share of its size: triple roots are known to about 1e-5."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Roots that behave like z λ^power; whether they depend on values of the unknown."""

    power: Fraction
    roots: tuple[complex, ...]
    depends: bool

    @property
    def half_planes(self) -> set[int]:
        """Where the roots lie: -1 left, 1 right, 0 on the imaginary axis."""
        return {0 if abs(z.real) <= TOLERANCE * abs(z) else 1 if z.real > 0 else -1 for z in self.roots}


def units_of(size: int) -> float:
    """What a determinant of so many rows costs."""
    return float(2**size / 4)


def determinant(matrix: Sequence[Sequence[Polynomial]]) -> Polynomial:
    """The determinant of a matrix of polynomials, without what rounding alone has left."""
    spend(units_of(len(matrix)))
    minors: dict[int, Polynomial] = {0: {(0, 0): (1 + 0j, 1.0, False)}}  # of the first rows, by their columns as bits
    for row in matrix:
        larger: dict[int, Polynomial] = {}
        for columns, minor in minors.items():
            for column, entry in enumerate(row):
                if entry and not columns >> column & 1:
                    sign = -1 if (columns >> column).bit_count() % 2 else 1
                    signed = {powers: (sign * value, size, depends) for powers, (value, size, depends) in entry.items()}
                    _add(larger.setdefault(columns | 1 << column, {}), _product(minor, signed))
        minors = larger
    total = minors.get((1 << len(matrix)) - 1, {})
    return {powers: found for powers, found in total.items() if abs(found[0]) > ROUNDING * found[1]}


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for (k, m), (value, size, own) in left.items():
        _add(found, {(k + j, m + n): (value * v, size * z, own or d) for (j, n), (v, z, d) in right.items()})
    return found


def _add(total: Polynomial, more: Polynomial) -> None:
    for powers, (value, size, depends) in more.items():
        old, old_size, old_depends = total.get(powers, (0j, 0.0, False))
        total[powers] = old + value, old_size + size, old_depends or depends


def edges(polynomial: Polynomial) -> list[Edge]:
    """The edges of the upper Newton polygon; roots that are zero belong to none."""
    highest: dict[int, int] = {}
    for k, m in polynomial:
        highest[k] = max(m, highest.get(k, m))
    found = []
    start, last = min(highest), max(highest)
    while start < last:
        # the edge that descends least steeply from here: the roots that grow most slowly come first
        slopes = {k: Fraction(highest[start] - m, k - start) for k, m in highest.items() if k > start}
        power = min(slopes.values())
        end = max(k for k, slope in slopes.items() if slope == power)
        along = [(k, highest[start] - power * (k - start)) for k in range(start, end + 1)]
        values = [polynomial.get((k, int(m)), _NONE) if m.denominator == 1 else _NONE for k, m in along]
        found.append(Edge(power, tuple(_roots([value for value, _, _ in values])), any(d for _, _, d in values)))
        start = end
    return found


_NONE: Coefficient = (0j, 0.0, False)


def _roots(coefficients: Sequence[complex]) -> list[complex]:
    """The roots of Σ c[k] z^k, all at once, by the iteration of Ehrlich and Aberth."""
    size = len(coefficients) - 1
    if size == 1:
        return [-coefficients[0] / coefficients[1]]
    radius = (abs(coefficients[0]) / abs(coefficients[size])) ** (1 / size)  # that of the roots, in the mean
    roots = [radius * cmath.exp(1j * (0.4 + 2 * cmath.pi * k / size)) for k in range(size)]
    for _ in range(MAX_ITERATIONS):
        furthest = 0.0
        for k, root in enumerate(roots):
            value, slope = 0j, 0j
            for coefficient in reversed(coefficients):
                value, slope = value * root + coefficient, slope * root + value
            if value == 0 or slope == 0:
                continue
            newton = value / slope
            others = sum(1 / (root - other) for j, other in enumerate(roots) if j != k and other != root)
            step = newton / (1 - newton * others) if newton * others != 1 else newton
            roots[k] = root - step
            furthest = max(furthest, abs(step))
        if furthest <= 1e-15 * radius:
            break
    return roots
