"""What a lowering is: it is asked for derivatives, and writes the lines of code that compute them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sympy import Basic, Expr, S

from pdec.symbolic.atoms import TIME, Partial
from pdec.symbolic.sums import Contraction

TWICE = "tuple(torch.cat([part, part], dim=-2) for part in noise)"
JOINED = "tuple(torch.cat(parts, dim=-2) for parts in zip(*sets))"
"""`Lowering.twice` and `joined` of those that draw a tuple of tensors (…, G, k) for groups of points."""

QUIET = 0.01
"""The relative standard deviation beyond which no more evaluations are spent, though there are more."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A linear functional of derivatives of one unknown, to be held in the variable `name` of generated code.

    `expression` is a Partial, or a Contraction linear in one, with the free indices `slot(0)`, `slot(1)`, … of the
    given `sizes`: u_t, lap(u), A(x) : hess(u) have none, grad(u) has one. Its other factors are known when it is asked
    for: coordinates, or derivatives asked for before it. `text` and `place` say what it is and where it was written.

    With a `drift` of first derivatives it is `scale` times the expression plus each of them times its coefficient, all
    of one unknown; scale and coefficients are known numbers at each point.
    """

    name: str
    expression: Expr
    sizes: tuple[Expr, ...]
    text: str
    place: str
    scale: Expr = S.One
    drift: tuple[tuple[Expr, Derivative], ...] = ()

    @property
    def partial(self) -> Partial:
        """The derivative that the functional is linear in."""
        (partial,) = self.expression.atoms(Partial)
        return partial

    @property
    def order(self) -> int:
        """Order of differentiation; 0 is the unknown itself."""
        return len(self.partial.axes)

    @property
    def order_in_time(self) -> int:
        return self.partial.axes.count(TIME)

    @property
    def order_in_space(self) -> int:
        return self.order - self.order_in_time

    def opened(self) -> tuple[Expr, list[tuple[Basic, Expr]]]:
        """The product under the sum, and the sum's indices with their counts."""
        if isinstance(self.expression, Contraction):
            body, limits = self.expression.opened()
            return body, list(limits)
        return self.expression, []


@dataclass(frozen=True, slots=True)
class Setting:
    """What a lowering may know of the problem: the dimension of space, whether there is time, the standard deviations
    of the smoothing, the number of network evaluations a point, the type of the numbers, and how many points in a row
    may have the same random directions; `slopes` as the option; `reach`, a number of directions that all of a network's
    second derivatives are known by, whatever the dimension.

    `accuracy`: the relative standard deviation that is enough, where there is one; `samples` is then the most.
    """

    dim: int
    timed: bool
    sigma: float
    sigma_t: float
    samples: int
    dtype: str = "float32"
    accuracy: float | None = None
    share: int = 1
    slopes: str = "same"
    reach: int | None = None

    @property
    def axes(self) -> int:
        """Directions along which derivatives are taken where all are."""
        return self.dim if self.reach is None else min(self.dim, self.reach)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of one derivative.

    `nodes` are the network evaluations a point that it is read from, `shared` those asked for by a derivative before.
    `deviation` is its standard deviation and `bias` its bias, relative to the norm of the tensor of derivatives of
    that order (|∇u|, |H|, …), along a known direction to the derivative itself, for a network that is a sum of plane
    waves of wavelength 2π in random directions.
    """

    estimator: str
    why: str
    nodes: int
    shared: bool
    deviation: float
    bias: float = 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of all derivatives on a point set.

    For a point: `evaluations` of the network; `numbers`, random numbers; `passes`, the work of passes through the
    network but for its first layer, in forward passes with their backward pass, and `first`, the same of the first
    layer: those of an estimator with values alone are `evaluations`; `moved`, nodes that are put together behind the
    first layer; `turned`, multiplications by which random directions are made orthogonal; `axes`, directions for
    which there is a pass more; `narrow`, so many of the passes and of those for axes as may be in a type of half the
    size; `own`, so many of the axes as go through the first layer at each point, as they are scaled there.
    """

    forecasts: tuple[Forecast, ...]
    evaluations: int
    numbers: float
    passes: float
    first: float
    moved: float = 0.0
    turned: float = 0.0
    axes: int = 0
    narrow: float = 0.0
    own: int = 0

    @property
    def deviation(self) -> float:
        """The largest relative standard deviation of a derivative."""
        return max((forecast.deviation for forecast in self.forecasts), default=0.0)

    def repeated(self, groups: int) -> Outlook:
        """The same for the mean of so many independent estimates."""
        if groups == 1:
            return self
        forecasts = tuple(
            replace(each, nodes=groups * each.nodes, deviation=each.deviation / math.sqrt(groups))
            for each in self.forecasts
        )
        numbers, passes, first, moved, turned, narrow = (
            groups * each for each in (self.numbers, self.passes, self.first, self.moved, self.turned, self.narrow)
        )
        evaluations, axes, own = (groups * each for each in (self.evaluations, self.axes, self.own))
        return Outlook(forecasts, evaluations, numbers, passes, first, moved, turned, axes, narrow, own)


class Writer(Protocol):
    """The generated function as a lowering sees it. Variables at hand: `net`, `points`, `generator`, `noise`."""

    def line(self, text: str, comment: str = "") -> None:
        """Add a line."""

    def assign(self, derivative: Derivative, text: str) -> None:
        """Add the line that gives a derivative its value, with where it was written as a comment."""

    def show(self, expression: Expr, axes: Sequence[tuple[Basic, Expr]] = ()) -> str:
        """The text of an expression, with trailing axes for `axes`. Entries of the noise print as those of `z`."""

    def factor(self, expression: Expr, axes: Sequence[tuple[Basic, Expr]] = ()) -> str:
        """The same, in parentheses where a product needs them."""

    def outputs(self, tensor: str, unknown: str, component: Basic | None) -> str:
        """The columns of `tensor` (…, n_unknowns) that hold an unknown: one, or all where `component` is None."""

    def network(self, derivatives: Sequence[Derivative], nodes: str) -> str:
        """The text of the network call at `nodes` (…, n_coords) for the derivatives, (…, n_unknowns)."""

    def plain_call(self, derivatives: Sequence[Derivative]) -> bool:
        """Whether that call is of `net` at the nodes as they are, so that `net` may be taken apart."""

    def column(self, axis: Basic) -> str:
        """The column of `points` that holds the coordinate along a numbered axis or time."""

    def variable(self, name: str) -> str:
        """A new variable called `name`, or like it where that is taken."""

    @property
    def single(self) -> bool:
        """Whether the network has one output."""

    @property
    def size(self) -> int:
        """The number of outputs of the network."""

    @property
    def network_call(self) -> str:
        """The comment for the line that calls the network."""

    @property
    def sigmas(self) -> tuple[str, str]:
        """The names of the constants that hold the smoothing in space and in time."""

    @property
    def draws(self) -> str:
        """The constant that says what is drawn for each point."""

    @property
    def setting(self) -> Setting:
        """The problem and options in numbers."""


class Lowering(Protocol):
    """One way to compute derivatives. A new one is one file and one row in `pdec.estimators.LOWERINGS`."""

    name: str
    summary: str
    smoothed: bool
    """Whether u is the Gaussian-smoothed network (so that values need averaging too) or the network itself."""

    chooses_sigma: bool
    """Whether sigma is chosen by the type of the numbers where none is given, and refused where rounding ruins it."""

    runtime: tuple[str, ...]
    """The modules of `pdec.runtime` that have the helpers."""

    helpers: tuple[str, ...]
    """Functions there that the written lines call; those that call others stand before them."""

    names: tuple[str, ...]
    """Names that the written lines give to variables of their own, and those of the helpers."""

    drawn: str
    """What the constants are that `draws` gives, as a comment; empty where nothing is drawn."""

    twice: str
    """The text of the random numbers `noise` for all points, followed by the same once more."""

    joined: str
    """The text of the random numbers in the list `sets`, each for all points, one after the other."""

    def draws(self, derivatives: Sequence[Derivative], setting: Setting) -> object:
        """What is drawn for a point, as the constant in the module says it, to be printed by `repr`."""

    def draw(self, draws: Sequence[object]) -> list[str]:
        """Lines of the body of the module's function `draw(points, generator, draws)`, for the constants given."""

    def backward(self, derivatives: Sequence[Derivative]) -> bool:
        """Whether the written lines differentiate by `points`, which must then ask for gradients."""

    def normals(self, count: str) -> str:
        """The text of `count` normal vectors (count, B, n_coords) from `draw`."""

    def noise(self, derivative: Derivative, setting: Setting) -> float:
        """The part of the standard deviation that grows as sigma falls, in units of the network's slope for an odd
        order, of its curvature for an even one; 0 where there is none."""

    def rounding(self, derivative: Derivative, setting: Setting) -> float:
        """The rounding error of the estimate, relative to the derivative; 0 where it does not matter."""

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        """What the derivatives cost, and how noisy they are expected to be."""

    def joins(self, derivative: Derivative) -> bool:
        """Whether it is a sum of second derivatives that costs the same with first ones in it (`Derivative.drift`)."""

    def refusal(self, derivative: Derivative) -> str:
        """Why the derivative cannot be computed this way; empty where it can."""

    def describe(self, derivative: Derivative, dim: int) -> str:
        """How it is computed, in one line for `pdec explain`."""

    def reason(self, derivative: Derivative, dim: int) -> str:
        """Why so, in one line for `pdec explain`."""

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """Write the lines that assign every derivative, in order, from one call of the network."""
