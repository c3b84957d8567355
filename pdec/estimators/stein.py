"""What the paper's three estimators share: Hermite weights on values of the network at Gaussian nodes.

With u(x) = E f(x + σz), z ~ N(0, I), every derivative of u is an expectation of values of f (Stein's identity, He et
al. 2023, Theorem 1 and its recursion):

    ∂^α u(x) = σ^-|α| · E[He_α(z) f(x + σz)],

He_α the multivariate Hermite polynomial: He_i = z_i, He_ij = z_i z_j - δ_ij, … The members of the family differ in the
nodes, and in what takes the place of f(x + σz): the paper's control variate and antithetic pairs leave the expectation
as it is. They use that He_α is odd or even as |α| is, and E He_α = 0 for |α| > 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sympy import Expr, S
from sympy.core.symbol import Str

from pdec.estimators.base import Derivative, Outlook, Setting, Writer
from pdec.estimators.means import scale, weighted_mean
from pdec.estimators.smoothing import rounding
from pdec.estimators.weighed import weighed
from pdec.symbolic.atoms import Axis, Delta, Noise

MAX_ORDER = 4
NOISE = Str("z")


def too_high(derivative: Derivative) -> str:
    """Derivatives above order 4 are refused: their variance grows like order! and rounding like σ^-order."""
    if derivative.order > MAX_ORDER:
        return f"Stein estimators go up to order {MAX_ORDER}, and this derivative has order {derivative.order}"
    return ""


def hermite(axes: Sequence[Axis]) -> Expr:
    """He_α(z) for the multi-index that `axes` spell: Σ over partial matchings of axes (-1)^pairs Π δ Π z.

    Axes may be indices, so this is the whole Hermite tensor: He_ij = z_i z_j - δ_ij.
    """
    if not axes:
        return S.One
    first, *rest = axes
    result = Noise(NOISE, first) * hermite(rest)
    for k, other in enumerate(rest):
        result -= Delta(first, other) * hermite(rest[:k] + rest[k + 1 :])
    return result


def hermite_noise(order: int, sigma: float, draws: int) -> float:
    """The standard deviation of a derivative by Hermite weights on differences of neighbouring values.

    It is about σ^(1-m)·√(m!/draws) times the slope of the network for odd m, σ^(2-m)·√(m!/draws) times its curvature
    for even m.
    """
    return float(sigma ** ((1 if order % 2 else 2) - order) * math.sqrt(math.factorial(order) / draws))


class SteinFamily:
    """Lowerings by Hermite weights. A member gives `name`, `summary`, `count`, `nodes` and `channels`.

    A channel is what is weighed, (K, B): `level` for u itself, `odd` and `even` for derivatives of that order.
    """

    name: str
    summary: str
    smoothed = True
    chooses_sigma = False
    runtime: tuple[str, ...] = ("stein",)
    helpers: tuple[str, ...] = ()
    drawn = "normal vectors a point"
    twice = "torch.cat([noise, noise], dim=1)"
    joined = "torch.cat(sets, dim=1)"
    kind: str
    """What is weighed, for `weighed`: "values", "differences" or "pairs"."""

    odd: str
    """Why derivatives of odd order are estimated as they are; `even`: of even order."""

    even: str
    names: tuple[str, ...] = ("z", "step", "values", "plus", "minus", "level", "odd", "even", "change")

    def count(self, samples: int) -> int:
        """The number of normal vectors for so many evaluations."""
        raise TypeError("a member of the family says how many vectors it draws")

    def draws(self, derivatives: Sequence[Derivative], setting: Setting) -> object:
        return self.count(setting.samples)

    def draw(self, draws: Sequence[object]) -> list[str]:
        return [
            '"""Normal vectors (draws, B, n_coords) of the device and dtype of points."""',
            "shape = (draws, *points.shape)",
            "return torch.randn(shape, generator=generator, device=points.device, dtype=points.dtype)",
        ]

    def backward(self, derivatives: Sequence[Derivative]) -> bool:
        return False

    def normals(self, count: str) -> str:
        return f"draw(points, generator, {count})"

    def noise(self, derivative: Derivative, setting: Setting) -> float:
        return hermite_noise(derivative.order, setting.sigma, self.count(setting.samples))

    def rounding(self, derivative: Derivative, setting: Setting) -> float:
        return rounding(derivative, setting) / math.sqrt(self.count(setting.samples))

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        whys = [self.reason(derivative, setting.dim) for derivative in derivatives]
        return weighed(derivatives, setting, self.kind, self.count(setting.samples), whys)

    def nodes(self, channels: frozenset[str]) -> list[str]:
        """Where the network is evaluated for the channels asked for: tensors (k, B, n_coords)."""
        raise TypeError("a member of the family says where its nodes are")

    def channels(self, asked: frozenset[str]) -> tuple[list[str], dict[str, str]]:
        """Lines that make channels of the network's `values`, and the variable that holds each."""
        raise TypeError("a member of the family says what its channels are")

    def joins(self, derivative: Derivative) -> bool:
        return False

    def refusal(self, derivative: Derivative) -> str:
        return too_high(derivative)

    def describe(self, derivative: Derivative, dim: int) -> str:
        if derivative.order == 0:
            return "mean over the nodes"
        return f"order {derivative.order}: Hermite weight on {'odd' if derivative.order % 2 else 'even'} differences"

    def reason(self, derivative: Derivative, dim: int) -> str:
        if derivative.order == 0:
            return "u is the network smoothed by the step σz"
        return self.odd if derivative.order % 2 else self.even

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """Noise, nodes, one network call, channels, and a weighted mean per derivative."""
        asked = frozenset(_channel(derivative) for derivative in derivatives)
        sigma, sigma_t = writer.sigmas
        writer.line(f"z = draw(points, generator, {writer.draws}) if noise is None else noise")
        if sigma == sigma_t:
            writer.line(f"step = {sigma} * z")
        else:
            writer.line(f"step = torch.cat([{sigma} * z[..., :-1], {sigma_t} * z[..., -1:]], dim=-1)")
        output = "[..., 0]" if writer.single else ""
        nodes = self.nodes(asked)
        together = nodes[0] if len(nodes) == 1 else f"torch.cat([{', '.join(nodes)}])"
        writer.line(f"values = {writer.network(derivatives, together)}{output}", writer.network_call)
        lines, channels = self.channels(asked)
        for line in lines:
            writer.line(line)
        for derivative in derivatives:
            channel = channels[_channel(derivative)]
            mean = weighted_mean(derivative, lambda partial: hermite(partial.axes), channel, "len(z)", writer)
            writer.assign(derivative, mean + scale(derivative, writer))


def _channel(derivative: Derivative) -> str:
    if derivative.order == 0:
        return "level"
    return "odd" if derivative.order % 2 else "even"
