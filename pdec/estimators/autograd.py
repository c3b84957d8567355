"""`autograd`: exact derivatives by stacked back-propagation, the paper's baseline (Raissi et al. 2019)."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Basic, Expr, S
from sympy.core.symbol import Str

from pdec.estimators.base import Derivative, Forecast, Outlook, Setting, Writer
from pdec.symbolic.atoms import DIM, Axis, Partial, Tensor, slot, split_axis
from pdec.symbolic.sums import contract


class StackedAutograd:
    """Derivatives of the network itself: no smoothing, no noise, no bias; u is f.

    Each order of differentiation is one more backward pass through the graph of the last, one pass for each entry: a
    Laplacian costs d + 1 of them, a Hessian as many, a third derivative tensor d². The network must be differentiable
    as often as the equation says, once more for training.
    """

    name = "autograd"
    summary = "exact derivatives by stacked back-propagation, the paper's baseline"
    smoothed = False
    chooses_sigma = False
    runtime: tuple[str, ...] = ("autograd",)
    drawn = twice = joined = ""
    helpers: tuple[str, ...] = ("derivative", "partial", "gradient", "pure", "laplacian")
    names: tuple[str, ...] = ("values", *helpers)

    def draws(self, derivatives: Sequence[Derivative], setting: Setting) -> object:
        return 0

    def draw(self, draws: Sequence[object]) -> list[str]:
        return []

    def normals(self, count: str) -> str:
        return ""

    def backward(self, derivatives: Sequence[Derivative]) -> bool:
        return any(derivative.order for derivative in derivatives)

    def noise(self, derivative: Derivative, setting: Setting) -> float:
        return 0.0

    def rounding(self, derivative: Derivative, setting: Setting) -> float:
        return 0.0

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        """A backward pass through passes costs about two and a half passes; there is one for each entry."""
        forecasts, passes = [], 1.0
        for derivative in derivatives:
            why = self.reason(derivative, setting.dim)
            forecasts.append(Forecast("backward passes" if derivative.order else "the network", why, 1, True, 0.0))
            passes += 2.5 * _passes(derivative, setting.dim)
        return Outlook(tuple(forecasts), 1, 0, passes, passes)

    def joins(self, derivative: Derivative) -> bool:
        return False

    def refusal(self, derivative: Derivative) -> str:
        return ""

    def describe(self, derivative: Derivative, dim: int) -> str:
        return "the network's output" if derivative.order == 0 else f"{derivative.order} stacked backward passes"

    def reason(self, derivative: Derivative, dim: int) -> str:
        return "" if derivative.order == 0 else "exact: every order is a pass backward through the passes before it"

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """One network call, then a chain of backward passes per derivative."""
        output = "[..., 0]" if writer.single else ""
        writer.line(f"values = {writer.network(derivatives, 'points')}{output}", writer.network_call)
        for derivative in derivatives:
            writer.assign(derivative, self._text(derivative, writer))

    def _text(
        self, derivative: Derivative, writer: Writer, held: str = "values", taken: Sequence[Axis] = (), traces: int = 0
    ) -> str:
        """A derivative of what `held` holds: the unknowns, already differentiated along the axes `taken`, and so many
        Laplacians of them."""
        partial = derivative.partial
        body, limits = derivative.opened()
        (opened,) = body.atoms(Partial)
        coefficient = body / opened
        indexed = bool(opened.component.free_symbols)
        text = writer.outputs(held, partial.name, None if indexed else opened.component)
        numbered = [axis for axis in opened.axes if not axis.free_symbols]
        for axis in taken:
            numbered.remove(axis)
        for axis in numbered:
            text = f"partial({text}, points, {writer.column(axis)})"
        traced = [index for index, count in limits if count == DIM and is_traced(index, opened, coefficient)]
        for _ in traced[traces:]:
            text = f"laplacian({text}, points, {writer.show(DIM)})"
        own: list[Axis] = [opened.component] if indexed else []
        for axis in dict.fromkeys(axis for axis in opened.axes if axis.free_symbols):
            if axis not in traced:
                times = opened.axes.count(axis)
                extra = f", {times}" if times > 1 else ""
                text = f"{'pure' if times > 1 else 'gradient'}({text}, points, {writer.show(DIM)}{extra})"
                own.append(axis)
        rest = [(index, count) for index, count in limits if index not in traced]
        axes = [(slot(k), size) for k, size in enumerate(derivative.sizes)]
        if not rest and coefficient == S.One and [split_axis(axis)[0] for axis in own] == [axis for axis, _ in axes]:
            return text
        entries = writer.variable(f"{derivative.name}_entries")
        writer.line(f"{entries} = {text}")
        return writer.show(contract(coefficient * Tensor(Str(entries), Str("points"), *own), *rest), axes)


def is_traced(index: Basic, partial: Partial, coefficient: Expr) -> bool:
    """Whether an index is summed over a second derivative and stands nowhere else: a Laplacian."""
    elsewhere = coefficient.free_symbols | partial.component.free_symbols
    others = [axis for axis in partial.axes if axis != index]
    return partial.axes.count(index) == 2 and index not in elsewhere.union(*(a.free_symbols for a in others))


def _passes(derivative: Derivative, dim: int) -> int:
    """How many backward passes there are: one for a first derivative, then one for each entry that is there."""
    total, entries = 0, 1
    for number, axis in enumerate(derivative.partial.axes):
        total += entries
        if axis.free_symbols and number < derivative.order - 1:
            entries *= dim
    return total
