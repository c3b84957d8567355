"""Stein estimators along directions: what `stein-chi`, `stein-radial` and `stein-quadrature` share.

A derivative of u(x) = E f(x + δ), δ ~ N(0, σ²I), is taken along directions of its own (`rules.py`), from values at
chosen distances on both sides (`radii.py`). All that the residuals on a point set need is laid out together
(`layout.py`), so that nodes are shared and the network is called once.
"""

from __future__ import annotations

from collections.abc import Sequence

from pdec.estimators.base import JOINED, TWICE, Derivative, Outlook, Setting, Writer
from pdec.estimators.layout import Layout, lay_out
from pdec.estimators.noise import outlook
from pdec.estimators.radii import Law
from pdec.estimators.rules import Along, Factor, Frame, Line, Weight, rule
from pdec.estimators.smoothing import rounding
from pdec.estimators.stein import hermite_noise, too_high
from pdec.estimators.stencil import Stencil
from pdec.symbolic.atoms import TIME


class DirectionalFamily:
    """Lowerings along directions. A member gives `name`, `summary`, `law` and the docstring."""

    name: str
    summary: str
    law: Law
    one_time = False
    """Whether all directions of a point share one draw of the smoothing in time and its mirror image, and so two values
    at the centre."""

    smoothed = True
    chooses_sigma = True
    runtime: tuple[str, ...] = ("stein",)
    helpers: tuple[str, ...] = (
        "split", "pushed", "directions", "simplex", "dealt", "mirrored", "normals", "squares", "fixed", "axis",
        "spaced", "outwards", "towards", "across", "cleared", "polarised", "scaled", "repeated", "spread", "corners",
        "stacked", "parted", "even", "odd", "radial", "weighted",
    )  # fmt: skip
    names: tuple[str, ...] = ("omega", "still", "z", "step", "first", "rest", "start", "values", *helpers)
    drawn = "random numbers a point: their law, how many, and its parameters"
    twice, joined = TWICE, JOINED

    def layout(self, derivatives: Sequence[Derivative], setting: Setting) -> Layout:
        """The nodes for all derivatives on a point set."""
        return lay_out(derivatives, setting, self.law, self.one_time)

    def rounding(self, derivative: Derivative, setting: Setting) -> float:
        return rounding(derivative, setting)

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        whys = [self.reason(derivative, setting.dim) for derivative in derivatives]
        return outlook(derivatives, self.layout(derivatives, setting), setting, whys)

    def joins(self, derivative: Derivative) -> bool:
        return False

    def refusal(self, derivative: Derivative) -> str:
        return too_high(derivative)

    def describe(self, derivative: Derivative, dim: int) -> str:
        found = rule(derivative, dim)
        if found.weight == Weight.HERMITE:
            return f"order {derivative.order}: Hermite weight on Gaussian pairs"
        if not found.factors:
            return "interpolated between the nodes, or the mean over pairs"
        what = "products of random directions" if found.weight == Weight.TWIST else ""
        where = what or ", ".join(_described(factor) for factor in found.factors)
        return f"order {derivative.order}: differences along {where}"

    def reason(self, derivative: Derivative, dim: int) -> str:
        found = rule(derivative, dim)
        if found.weight == Weight.HERMITE:
            return "no few directions are known along which this derivative could be taken"
        if not found.factors:
            return "u is the network smoothed by the steps"
        if found.weight == Weight.TWIST:
            return "second derivatives along random directions, weighed by two entries of each, give the Hessian"
        return "; ".join(_reason(factor, derivative.order_in_space) for factor in found.factors)

    def noise(self, derivative: Derivative, setting: Setting) -> float:
        """Differences along a direction are as quiet as the network is smooth; Hermite weights are not."""
        layout = self.layout([derivative], setting)
        return hermite_noise(derivative.order, setting.sigma, layout.pairs) if layout.hermite else 0.0

    def draws(self, derivatives: Sequence[Derivative], setting: Setting) -> object:
        layout = self.layout(derivatives, setting)
        return layout.draws(setting.dim, setting.dim + setting.timed)

    def draw(self, draws: Sequence[object]) -> list[str]:
        used = {law: None for each in draws if isinstance(each, tuple) for law, *_ in each}
        laws = ", ".join(f'"{law}": {law}' for law in used)
        return [
            '"""Random numbers for points (B, n_coords): a tensor (…, B, k) for each entry of draws."""',
            f"laws = {{{laws}}}",
            "return tuple(laws[law](points, generator, *numbers) for law, *numbers in draws)",
        ]

    def backward(self, derivatives: Sequence[Derivative]) -> bool:
        return False

    def normals(self, count: str) -> str:
        return f"normals(points, generator, {count}, points.shape[1])"

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """Random numbers, nodes, one network call, differences, and a mean per derivative."""
        Stencil(self.layout(derivatives, writer.setting), writer).write(derivatives)


def _described(factor: Factor) -> str:
    if isinstance(factor, Line):
        return "time" if factor.axis == TIME else f"axis {factor.axis}"
    if isinstance(factor, Along):
        return "its own direction"
    return "random orthogonal directions" if isinstance(factor, Frame) else "random directions scaled to the matrix"


def _reason(factor: Factor, order: int) -> str:
    if isinstance(factor, Line):
        return "along one axis, differences there are enough"
    if isinstance(factor, Along):
        return "a sum of derivatives along axes is one derivative along the vector of its coefficients"
    if isinstance(factor, Frame):
        what = "a derivative that favours no axis" if order > 1 else "the gradient"
        return f"{what} is a mean over directions, of which a few do instead of all axes"
    return "a matrix times the Hessian is a mean of second derivatives along directions drawn to fit it"
