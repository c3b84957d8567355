"""Layout → Outlook: how noisy and how biased estimates along directions are expected to be.

The model is a network that is a sum of plane waves, sin(w·x + b), |w| = 1, w in random directions: every derivative of
order m of a wave is a product of m entries of w, so the norms of the tensor of derivatives and of its traces are equal,
and all of the noise is known in closed form. Of the Laplacian it is Hutchinson's, (2d|H|² - 2tr²H)/(d + 2) with
|H| = |tr H| for one direction, times (1 - (K - 1)/(d - 1))/K for K orthogonal ones. What a Gaussian step or random
radii add is of order σ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pdec.estimators.base import Derivative, Forecast, Outlook, Setting
from pdec.estimators.layout import Layout, NodeSet
from pdec.estimators.radii import HERMITE, Radii
from pdec.estimators.rules import Factor, Frame, Line, Rule, Spanned, Weight
from pdec.estimators.smoothing import rounding, scale
from pdec.estimators.stein import hermite_noise
from pdec.symbolic.atoms import TIME


def outlook(derivatives: Sequence[Derivative], layout: Layout, setting: Setting, whys: Sequence[str]) -> Outlook:
    """What the nodes of a layout give; `whys` are the reasons for the estimators of the derivatives."""
    seen: set[object] = set()
    forecasts = []
    for derivative, found, why in zip(derivatives, layout.rules, whys):
        nodes = next((each for each in layout.sets if each.factors == found.factors), None)
        key = found.factors if nodes else "pairs"
        evaluations = nodes.evaluations if nodes else 2 * layout.pairs + (layout.hermite or layout.plain)
        name = estimator(nodes) if nodes else "the network" if layout.plain else "pairs"
        if found.weight == Weight.HERMITE:
            name = "Hermite weights"
        noise = deviation(derivative, found, layout, setting)
        bias = bias_of(nodes, setting) if nodes else scale(setting) ** 2 / 2 * layout.plain
        forecasts.append(Forecast(name, why, evaluations, key in seen, noise, bias))
        seen.add(key)
    columns = setting.dim + setting.timed
    numbers = layout.directions * setting.dim / layout.share + layout.normals * columns + layout.times
    for place in layout.sets:
        numbers += sum(place.rows * radii.law[1] / place.share for radii in place.radii if radii.law)
    # the first layer sees the point, its Gaussian steps, and directions once for all that share them
    first: float = 1 + sum(nodes.bases for nodes in layout.sets if nodes.free == "all") + layout.pairs
    first += sum(nodes.rows / nodes.share for nodes in layout.sets if isinstance(nodes.factors[0], Frame | Spanned))
    moved = layout.evaluations if layout.sets else 0
    turned = layout.directions * min(layout.directions, setting.dim) * setting.dim / layout.share
    return Outlook(tuple(forecasts), layout.evaluations, numbers, layout.evaluations, first, moved, turned)


def estimator(nodes: NodeSet) -> str:
    """The name of the choice of radii of a set of nodes."""
    return " and ".join(dict.fromkeys(_law(radii) for radii in nodes.radii))


def _law(radii: Radii) -> str:
    if radii.law:
        return "chi"
    return "quadrature" if len(radii.fixed) == len(HERMITE) else "radial"


def bias_of(nodes: NodeSet, setting: Setting, frequency: float = 1.0) -> float:
    """The bias of a set of nodes, relative to the derivatives of a wave sin(w·x), |w| the frequency: none, or to first
    order that of the fixed radii or of Gauss's rule."""
    orders = [order for radii in nodes.radii for order in radii.texts]
    wide = frequency * scale(setting)
    biases = {
        "chi": 0.0,
        "radial": wide**4 / 10,
        "quadrature": math.factorial(8) * wide ** (16 - 2 * max(orders)) / math.factorial(16 - max(orders)),
    }
    return max(biases[_law(radii)] for radii in nodes.radii) + nodes.still * scale(setting) ** 2 / 2


def deviation(derivative: Derivative, found: Rule, layout: Layout, setting: Setting) -> float:
    """The standard deviation of one derivative, relative to its tensor."""
    wide = scale(setting)
    nodes = next((each for each in layout.sets if each.factors == found.factors), None)
    error = _rounding(derivative, nodes, layout, setting)
    if found.weight == Weight.HERMITE:
        return math.hypot(error, hermite_noise(derivative.order, min(setting.sigma, setting.sigma_t), layout.pairs))
    if nodes is None:
        return 0.0 if layout.plain else _stepped(wide, 2 * layout.pairs)
    first = found.factors[0]
    parts = [error]
    parts += [_radial(radii, factor, order, setting, nodes.rows) for radii, factor, order in _parts(nodes, found)]
    if isinstance(first, (Frame, Spanned)):
        order = found.orders[0]
        variance = twisted(setting.dim) if found.weight == Weight.TWIST else spread(setting.dim, order)
        parts.append(math.sqrt(variance * frame_share(setting.dim, layout.directions)) if order else 0.0)
        parts.append(_cornered(setting, order, layout.directions) if nodes.simplex else 0.0)
    if nodes.free == "time":
        parts.append(_stepped(setting.sigma_t, nodes.bases))
    elif nodes.free:
        step = setting.sigma * (setting.dim > 1) if not setting.timed else wide
        parts.append(_stepped(step, nodes.bases) * (math.sqrt(3) if isinstance(first, Spanned) else 1.0))
    return math.hypot(*parts)


def _parts(nodes: NodeSet, found: Rule) -> list[tuple[Radii, Factor, int]]:
    return list(zip(nodes.radii, found.factors, found.orders))


def _radial(radii: Radii, factor: Factor, order: int, setting: Setting, rows: int) -> float:
    """What random radii add: the term after those that the functional is exact for."""
    if radii.law is None:
        return 0.0
    sigma = setting.sigma_t if isinstance(factor, Line) and factor.axis == TIME else setting.sigma
    dim = setting.dim if isinstance(factor, Frame) else 1
    return (max(order, 0) + 1) / 3 * sigma**2 / math.sqrt(dim * rows)


def _stepped(wide: float, count: int) -> float:
    """What Gaussian steps add: of first order in σ from one, of second from pairs of opposite sign."""
    return wide if count == 1 else wide**2 / math.sqrt(2 * (count // 2))


def _cornered(setting: Setting, order: int, count: int) -> float:
    """What the corners of a simplex add: of first order in σ, as the derivative of one order more does not cancel."""
    odd = math.sqrt(setting.dim / 2) if order == 1 else math.sqrt(30) / 3 if order == 2 else 0.0
    return odd * setting.sigma / math.sqrt(count + 1) if count > 1 else 0.0


def spread(dim: int, order: int) -> float:
    """The relative variance of a derivative of a wave that favours no axis, from one random direction ω.

    The estimate is c(w·ω)^m for an even order m, cω(w·ω)^m for an odd one, c such that the mean is right, and with
    |w| = 1 and n = m or m + 1 the mean of (w·ω)^n is (n - 1)!!/(d (d + 2) … (d + n - 2)).
    """
    mean = _moment(dim, order + order % 2)
    return max(0.0, _moment(dim, 2 * order) / mean**2 - 1)


def twisted(dim: int) -> float:
    """The same for a matrix of second derivatives, from traceless products of two entries of ω."""
    return (dim + 2) * (dim - 1) / 2


def _moment(dim: int, power: int) -> float:
    """The mean of (w·ω)^power for an even power."""
    return math.prod((k + 1) / (dim + k) for k in range(0, power, 2))


def frame_share(dim: int, count: int) -> float:
    """The variance of a mean over `count` directions, orthogonal in blocks of `dim`, in units of that of one."""
    rest = count % dim
    if dim == 1 or not rest:
        return 0.0
    return rest / count**2 * (dim - rest) / (dim - 1)


def _rounding(derivative: Derivative, nodes: NodeSet | None, layout: Layout, setting: Setting) -> float:
    """Rounding error of the mean over the draws."""
    error = rounding(derivative, setting)
    if nodes is None:
        return error / math.sqrt(max(1, layout.pairs))
    frame = isinstance(nodes.factors[0], Frame) and derivative.order_in_space > 1
    grown = setting.dim ** (derivative.order_in_space // 2 / 2) if frame and nodes.radii[0].law else 1.0
    return error * grown / math.sqrt(nodes.rows)
