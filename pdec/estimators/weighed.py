"""How noisy estimates by Hermite weights are expected to be, for the network of plane waves of `noise.py`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pdec.estimators.base import Derivative, Forecast, Outlook, Setting
from pdec.estimators.smoothing import rounding, scale


def weighed(derivatives: Sequence[Derivative], setting: Setting, kind: str, draws: int, why: Sequence[str]) -> Outlook:
    """What the paper's estimators give: Hermite weights on values, on differences, or on differences of pairs.

    `kind` is "values", "differences" or "pairs"; there are `draws` Gaussian vectors. Of the Laplacian from pairs it is
    (d/2 + 6)(2|H|² + tr²H) - tr²H a pair; with f(x) subtracted once, the slope of the network adds to even orders, and
    with nothing subtracted its value adds to all.
    """
    forecasts = []
    even = any(derivative.order and derivative.order % 2 == 0 for derivative in derivatives)
    evaluations = {"values": draws, "differences": draws + any(d.order for d in derivatives), "pairs": 2 * draws + even}
    for number, (derivative, reason) in enumerate(zip(derivatives, why)):
        noise = _weighed(derivative, setting, kind) / math.sqrt(draws)
        error = rounding(derivative, setting) / math.sqrt(draws)
        forecasts.append(
            Forecast(f"Hermite weights on {kind}", reason, evaluations[kind], number > 0, math.hypot(noise, error))
        )
    numbers = draws * (setting.dim + setting.timed)
    return Outlook(tuple(forecasts), evaluations[kind], numbers, evaluations[kind], evaluations[kind])


def _weighed(derivative: Derivative, setting: Setting, kind: str) -> float:
    """The relative standard deviation from one draw, for the terms of lowest order in σ."""
    dim, order, sigma = setting.dim, derivative.order, min(setting.sigma, setting.sigma_t)
    if not order:
        return 1.0 * scale(setting) if kind != "pairs" else scale(setting) ** 2 / math.sqrt(2)
    axes = [axis for axis in derivative.partial.axes if axis.free_symbols]
    free = dim ** ((len(set(axes))) / 2)  # the root of how many entries take part
    weight = math.sqrt(math.factorial(order)) * free
    if order == 1:
        differences = math.sqrt(dim + 1) if axes else 1.0
    elif order == 2:
        differences = math.sqrt(3 * (dim / 2 + 6) - 1) if axes else 1.5
    else:
        differences = weight * sigma ** ((1 if order % 2 else 2) - order)
    if kind == "pairs":
        return differences
    if kind == "differences":
        return math.hypot(differences, 0.0 if order % 2 else weight * sigma ** (1 - order))
    return math.hypot(differences, weight / sigma**order)
