"""How large a domain is."""

from __future__ import annotations

import math

from sympy import Expr, Float, Integer, Mul, Rational, gamma, pi

from pdec.domains import Ball, Box, Difference, Domain, Intersection, Product, Union
from pdec.symbolic.atoms import DIM
from pdec.symbolic.restrict import exactly

SMALL_DIM = 100
"""Up to here the factors of the volume of a ball fit into floating point one by one."""


def measure(domain: Domain, dim: int, *, symbolic: bool) -> Expr | None:
    """The volume of a domain, for every N where `symbolic`; None where it is estimated or does not fit a float."""
    if _composed(domain):
        return None
    logarithm = domain.log_volume(dim)
    if not math.isfinite(logarithm) or abs(logarithm) > 600:
        return None
    size = DIM if symbolic else Integer(dim)
    if isinstance(domain, Box):
        sides = [exactly(high) - exactly(low) for low, high in zip(domain.lower, domain.upper)]
        return sides[0] ** size if len(sides) == 1 else Mul(*sides)
    if isinstance(domain, Ball) and dim <= SMALL_DIM:
        half = Rational(1, 2) * size
        return pi**half / gamma(half + 1) * exactly(domain.radius) ** size
    return Float(math.exp(logarithm))


def _composed(domain: Domain) -> bool:
    """Whether the volume is found by trying points."""
    if isinstance(domain, Product):
        return any(_composed(factor) for factor, _ in domain.factors)
    return isinstance(domain, (Union, Intersection, Difference))
