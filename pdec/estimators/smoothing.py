"""How much to smooth: rounding error against bias.

A derivative of order m is a difference of values divided by about σ^m, and so is their rounding error: relative to the
derivative it is about ε·√(m!)·|f|/|∂^m f|/σ^m. The bias u - f of the smoothing is about σ². Their sum is least where

    σ^(m + 2) = m/2 · √(m!) · ε.

Lengths are those of the coordinates, in which the network is taken to vary over about 1; ε is sixteen units in the
last place of the type, which is what a network of a few layers loses, being larger than its derivatives. That is σ =
0.04 in float32 and 0.0003 in float64 for second order, 0.16 and 0.006 for fourth. The TF32 and bfloat16 modes of matrix
products lose a thousand times more: there no σ is right.
"""

from __future__ import annotations

import math

from pdec.estimators.base import Derivative, Setting

ROUNDING = {"float32": 16 * 2.0**-23, "float64": 16 * 2.0**-52}
"""Rounding error of a network, relative to the size of its derivatives, by the type of its numbers."""

RUINED = 1.0
"""The share of rounding error in a derivative from which on nothing is left of it."""

NOTICED = 0.1
"""The share from which on a user is told."""


def chosen_sigma(order: int, dtype: str) -> float:
    """The standard deviation of the smoothing for derivatives up to `order`, to two digits."""
    order = max(1, order)
    sigma = (order / 2 * math.sqrt(math.factorial(order)) * ROUNDING[dtype]) ** (1 / (order + 2))
    return float(f"{sigma:.2g}")


def rounding(derivative: Derivative, setting: Setting) -> float:
    """Rounding error of one difference, relative to the derivative."""
    space, time = derivative.order_in_space, derivative.order_in_time
    size = math.sqrt(math.factorial(derivative.order)) / (setting.sigma**space * setting.sigma_t**time)
    return ROUNDING[setting.dtype] * size if derivative.order else 0.0


def scale(setting: Setting) -> float:
    """The smoothing in units of the length over which a wave changes."""
    return max(setting.sigma, setting.sigma_t if setting.timed else 0.0)
