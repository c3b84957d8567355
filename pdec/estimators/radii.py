"""How far the nodes lie along a direction, and what their values say about derivatives along it.

With δ = √q·ω, ω uniform on the unit sphere of dim dimensions and q ~ σ²χ²_dim, let P(q) be half the sum of f(x ± √q ω),
averaged over ω. u = E f(x + δ) and Δ^k u are linear functionals of P: Δ^k u = E[L_k(q) P(q)]/σ^2k with L_k a multiple
of the Laguerre polynomial of degree k for the law of q. Odd orders have half the difference in the place of half the
sum; with the entry of ω they are functionals in dim + 2 dimensions of the difference divided by √q. A line is a sphere
of dimension 1. Squared radii here are in units of σ².
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

TWIST = -2
"""In the place of an order: the traceless part of the second derivatives, which weighs the sum by q instead of L_1."""


@dataclass(frozen=True, slots=True)
class Radii:
    """Squared radii along one factor, and the text of the functionals of the values there.

    `law`: (degrees of freedom, nodes) where they are drawn, else None and they are `fixed`. `center`: whether the value
    at radius zero takes part. `texts` has a format string for every order, of half the sum {even} and half the
    difference {odd} of the values at pairs of nodes (n, …), the squared radii {q} (n, …) and the value {c} at the
    centre.
    """

    law: tuple[int, int] | None
    fixed: tuple[float, ...]
    center: bool
    texts: Mapping[int, str]

    @property
    def nodes(self) -> int:
        """How many squared radii there are."""
        return self.law[1] if self.law else len(self.fixed)


class Law(Protocol):
    """A choice of radii."""

    def __call__(self, dim: int, shown: str, orders: Iterable[int], alone: bool) -> Radii:
        """Radii for derivatives of the given orders (or TWIST) along a factor of dimension `dim`, written `shown`.

        `alone`: there is no other factor, so that values at the centre are at hand.
        """


def drawn(dim: int, shown: str, orders: Iterable[int], alone: bool) -> Radii:
    """n = 1 + ⌊order/2⌋ squared radii from the density ∝ Π p(q_i) Π (q_i - q_j)², p that of χ²_dim.

    The polynomial through P at such nodes has, for every square-integrable P, expected coefficients that are those of
    the projection of P to polynomials of degree n - 1, and a variance that is what the projection leaves (Ermakov and
    Zolotukhin 1960). So all functionals by polynomials of lower degree are exactly unbiased, from the same nodes.
    Odd orders weigh by √q times their polynomial; where there are none but odd ones p is that of χ²_(dim+2).
    """
    orders = sorted(set(orders))
    count = 1 + max(max(order // 2, order == TWIST) for order in orders)
    if all(order % 2 for order in orders):
        scale = "" if dim == 1 else f"{shown} * "
        above = str(dim + 2) if shown.isdigit() else f"{shown} + 2"
        texts = {order: f"{scale}radial({{odd}} / {{q}}.sqrt(), {{q}}, {above}, {order // 2})" for order in orders}
        return Radii((dim + 2, count), (), False, texts)
    slope = f"radial({{odd}} * {{q}}.sqrt(), {{q}}, {shown}, "
    bend = f"radial({{even}} - {{c}}, {{q}}, {shown}, "
    texts = {order: f"radial({{even}}, {{q}}, {shown}, {order // 2})" for order in orders}
    texts |= {1: f"{slope}0)", 3: f"{slope}1) - 2 * {slope}0)", TWIST: f"{bend}1) + {shown} * {bend}0)"}
    return Radii((dim, count), (), TWIST in orders, texts)


def single(dim: int, shown: str, orders: Iterable[int], alone: bool) -> Radii:
    """As few fixed radii as give every derivative up to a bias of O(σ⁴): one for orders up to 2.

    Δu from q = 2(dim + 2) and the centre is exact for polynomials of degree 5, Δ²u from q = dim + 4, twice that and the
    centre for degree 7; odd order 1 from q = dim + 2 for degree 4, order 3 from two Gauss nodes for degree 6; the
    traceless second derivatives from q = dim + 4 for degree 5. With other factors there is no centre, and an even
    order takes Gauss nodes as well.
    """
    fixed: list[float] = []
    own: list[float] = []
    texts: dict[int, str] = {}
    # the value last: it takes the nodes of the highest even order, and is exact for degree 3
    for order in sorted(set(orders), key=lambda order: (order == 0, order % 2 == 0, order)):
        if order:
            own = _own_nodes(dim, order, alone)
            fixed += own
        texts[order] = _fixed_text(dim, order, own, len(fixed) - len(own), alone and not order % 2)
    return Radii(None, tuple(fixed), alone and any(order % 2 == 0 for order in texts), texts)


def _own_nodes(dim: int, order: int, alone: bool) -> list[float]:
    if order == TWIST:
        return [dim + 4.0]
    if order % 2:
        return _gauss(dim + 2, 1 + order // 2)
    if alone:
        return [2.0 * (dim + 2)] if order == 2 else [dim + 4.0, 2.0 * (dim + 4)]
    return _gauss(dim, 1 + order // 2)


def _gauss(dim: int, count: int) -> list[float]:
    """The nodes of Gauss's rule for χ²_dim: one, or two."""
    if count == 1:
        return [float(dim)]
    return [dim + 2 - math.sqrt(2 * (dim + 2)), dim + 2 + math.sqrt(2 * (dim + 2))]


def _fixed_text(dim: int, order: int, own: Sequence[float], start: int, center: bool) -> str:
    """The functional of a derivative as a sum over its own nodes."""
    times = order // 2
    if order == TWIST:
        return f"{dim * (dim + 2) / own[0]!r} * ({{even}}[{start}] - {{c}})"
    if order % 2:
        weights = [dim * weight / math.sqrt(q) for weight, q in zip(interpolation(dim + 2, own, times), own)]
        return _sum("{odd}", weights, start)
    if not center:
        return _sum("{even}", interpolation(dim, own, times), start)
    text = _sum("{even}", interpolation(dim, [0.0, *own], times)[1:], start, " - {c}")
    return text if times else f"{{c}} + {text}"


def _sum(values: str, weights: Sequence[float], start: int, less: str = "") -> str:
    if len(weights) == 1:
        entry = f"{values}[{start}]"
        return f"{weights[0]!r} * " + (f"({entry}{less})" if less else entry)
    return f"weighted({values}[{start}:{start + len(weights)}]{less}, {tuple(weights)!r})"


def interpolation(dim: int, nodes: Sequence[float], times: int) -> list[float]:
    """Weights by which values at squared radii give Δ^times of the smoothed polynomial through them."""
    weights = []
    for node in nodes:
        basis, scale = [1.0], 1.0
        for other in nodes:
            if other != node:
                basis = [a - other * b for a, b in zip([0.0, *basis], [*basis, 0.0])]
                scale *= node - other
        weights.append(sum(c * moment(dim, power, times) for power, c in enumerate(basis)) / scale)
    return weights


def moment(dim: int, power: int, times: int) -> float:
    """The `times`-fold Laplacian of E|x + z|^(2·power), z ~ N(0, I_dim), at zero."""
    if times > power:
        return 0.0
    laplacians = math.prod(2 * k * (2 * k + dim - 2) for k in range(power, power - times, -1))
    return float(laplacians * math.prod(dim + 2 * k for k in range(power - times)))


HERMITE = (
    (0.5390798113513751, 0.3730122576790773),
    (1.636519042435108, 0.11723990766175904),
    (2.8024858612875416, 0.009635220120788256),
    (4.1445471861258945, 0.00011261453837536762),
)
"""The positive nodes of the Gauss–Hermite rule of eight, for the weight of N(0, 1), with their weights."""


def quadrature(dim: int, shown: str, orders: Iterable[int], alone: bool) -> Radii:
    """Along a line the eight Gauss–Hermite nodes, exact for polynomials of degree 15 - order; elsewhere as `drawn`."""
    if dim > 1:
        return drawn(dim, shown, orders, alone)
    texts = {}
    for order in orders:
        weights = [2 * weight * _hermite(order, z) for z, weight in HERMITE]
        texts[order] = f"weighted({'{odd}' if order % 2 else '{even}'}, {tuple(weights)!r})"
    return Radii(None, tuple(z * z for z, _ in HERMITE), False, texts)


def _hermite(order: int, z: float) -> float:
    """He_order(z)."""
    before, last = 0.0, 1.0
    for k in range(order):
        before, last = last, z * last - k * before
    return last
