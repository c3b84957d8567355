"""Exact derivatives along directions in one forward pass: what `taylor` and `hutchinson` share.

A derivative is taken along the directions of its rule (`rules.py`): an axis or a known vector, or directions v_k with
weights such that Σ c_k ∂²/∂v_k² is the sum of second derivatives that is asked for, with first derivatives added to it.
What is left of it, a further axis or a free index, is differentiated backward.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sympy import Expr, S, sqrt

from pdec.estimators.autograd import StackedAutograd, is_traced
from pdec.estimators.base import Derivative, Forecast, Outlook, Setting, Writer
from pdec.estimators.products import SPACE, product
from pdec.estimators.rules import Along, Factor, Frame, Line, Spanned, rule
from pdec.symbolic.atoms import DIM, TIME, Axis, Partial

MAX_ORDER = 4
"""Of derivatives that are carried forward."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Directions along which derivatives up to an order are carried: one, for which all orders are known, or many, for
    which the sum of the highest is. To a sum of second derivatives first ones can be added, which cost nothing more:
    where the network is followed along a curve, x + s v + s²/2 b, its second derivative by s is v·H v + b·∇u."""

    factor: Factor
    order: int
    scale: Expr = S.One
    drift: tuple[tuple[Expr, Line | Along], ...] = ()
    """Of a sum: what it is multiplied by, and coefficients and directions of first derivatives that are added to it."""

    @property
    def summed(self) -> bool:
        """Whether there are many directions."""
        return isinstance(self.factor, Frame | Spanned)

    def axes(self, setting: Setting) -> int:
        """Directions in a sum where all are taken. What a first layer with few neurons does not see, a matrix before
        the Hessian can turn into what it sees."""
        return setting.dim if isinstance(self.factor, Spanned) else setting.axes

    def rows(self, directions: int) -> int:
        """Derivatives that are carried for a point, with so many directions in a sum."""
        if not self.summed:
            return self.order
        sides = self.factor.sides if isinstance(self.factor, Spanned) else 1
        return (self.order - 1) * directions * sides + 1


@dataclass(frozen=True, slots=True)
class Course:
    """How all derivatives on a point set are computed: what is carried for each (None: nothing), the bundles for that,
    and the number of random directions, 0 where all are taken."""

    carried: tuple[Bundle | None, ...]
    bundles: tuple[Bundle, ...]
    directions: int

    @property
    def sums(self) -> int:
        """The number of sums over directions."""
        return sum(bundle.summed for bundle in self.bundles)

    @property
    def drawn(self) -> int:
        """The number of random directions, 0 where none are wanted."""
        return self.directions if self.sums else 0


class Forward(StackedAutograd):
    """Lowerings that carry derivatives forward. A member gives `name`, `summary`, `directions` and the docstring."""

    runtime: tuple[str, ...] = ("jets", "autograd", "stein")
    helpers: tuple[str, ...] = (
        *StackedAutograd.helpers, "split", "pushed", "directions", "dealt", "axis", "spaced", "polarised", "scaled",
        "second", "basis", "FAST", "MANY", "tangent", "along", "taylor", "weighed", "gathered", "summed",
        "entered", "moved", "bent", "through", "elementary", "whole", "narrow", "jets",
    )  # fmt: skip
    names: tuple[str, ...] = ("values", "omega", *helpers)
    highest = 2
    """The highest order of a Laplacian of Laplacians that is carried as one sum."""

    def directions(self, bundles: Sequence[Bundle], setting: Setting) -> int:
        """How many random directions are drawn; 0 where all are taken."""
        return 0

    def deviation(self, bundle: Bundle, directions: int, setting: Setting) -> float:
        """The relative standard deviation of a sum over so many directions."""
        return 0.0

    def estimator(self, directions: int) -> str:
        """What such a sum is called in a plan."""
        return "all directions"

    def course(self, derivatives: Sequence[Derivative], setting: Setting) -> Course:
        """What is carried for each derivative."""
        carried = tuple(self._carried(derivative) for derivative in derivatives)
        highest: dict[Factor, int] = {}
        for each in filter(None, carried):
            highest[each.factor] = max(highest.get(each.factor, 0), each.order)
        # along one direction the lower orders come with the highest
        wanted = (each if each.summed else Bundle(each.factor, highest[each.factor]) for each in filter(None, carried))
        bundles = tuple(dict.fromkeys(wanted))
        return Course(carried, bundles, self.directions(bundles, setting))

    def _carried(self, derivative: Derivative) -> Bundle | None:
        """What is carried forward for a derivative; None where it is differentiated backward alone."""
        if derivative.drift:
            alone = self._carried(replace(derivative, scale=S.One, drift=()))
            factors = [(share, rule(each, 2).factors[0]) for share, each in derivative.drift]
            drift = tuple((share, factor) for share, factor in factors if isinstance(factor, Line | Along))
            return None if alone is None else replace(alone, scale=derivative.scale, drift=drift)
        found = rule(derivative, 2)
        if found.factors and isinstance(found.factors[0], Along | Spanned) and not derivative.order_in_time:
            return Bundle(found.factors[0], derivative.order)
        traces, numbered = _axes(derivative)
        if traces:
            return Bundle(Frame(), min(2 * traces, self.highest))
        if not numbered:
            return None
        axis = max(numbered, key=numbered.count)
        return Bundle(Line(axis), min(numbered.count(axis), MAX_ORDER))

    # --- what it costs, and how noisy it is

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        """A direction costs as much as a point, and a backward pass two and a half times what it goes through."""
        course = self.course(derivatives, setting)
        forecasts: list[Forecast] = []
        seen: set[Bundle] = set()
        backward = 0.0
        for derivative, bundle in zip(derivatives, course.carried):
            why = self.reason(derivative, setting.dim)
            rows, noise = 1, 0.0
            name = "backward passes" if derivative.order else "the network"
            if bundle is not None:
                rows = bundle.rows(course.directions or bundle.axes(setting))
                noise = self.deviation(bundle, course.directions, setting) if bundle.summed else 0.0
                name = self.estimator(course.directions) if bundle.summed else "a forward pass"
                if bundle.summed and _dtype(course, setting):
                    fast = "" if setting.slopes == "bfloat16" else " where many and the machine is fast with it"
                    why += f"; slopes in bfloat16{fast}"
            backward += 2.5 * rows * passes(derivative, setting.dim, bundle.order if bundle else 0)
            forecasts.append(Forecast(name, why, rows, bundle is None or bundle in seen, noise))
            seen |= {bundle} if bundle else set()
        evaluations = 1 + sum(bundle.rows(course.directions) for bundle in course.bundles)
        factors = [factor for b in course.bundles for factor in (b.factor, *(each for _, each in b.drift))]
        lines = sum(isinstance(factor, Along) for factor in factors)
        axes = 0 if course.directions else sum(bundle.axes(setting) for bundle in course.bundles if bundle.summed)
        spans = [bundle.factor for bundle in course.bundles if isinstance(bundle.factor, Spanned)]
        scaled = sum(factor.sides for factor in spans)
        own = sum(factor.sides for factor in spans if factor.varies)
        narrow = sum(b.rows(course.directions) - 1 for b in course.bundles if b.summed and b.order == 2)
        return Outlook(
            tuple(forecasts),
            evaluations,
            course.drawn * setting.dim / setting.share,
            evaluations + backward,
            1 + lines + course.drawn * ((course.sums - len(spans)) / setting.share + scaled) + backward,
            moved=float(evaluations),
            turned=course.drawn * min(course.drawn, setting.dim) * setting.dim / setting.share,
            axes=axes,
            narrow=narrow + axes if _dtype(course, setting) else 0.0,
            own=0 if course.directions else setting.dim * own,
        )

    def joins(self, derivative: Derivative) -> bool:
        bundle = self._carried(derivative)
        return bundle is not None and bundle.summed and bundle.order == derivative.order == 2

    def backward(self, derivatives: Sequence[Derivative]) -> bool:
        return any(self._left(derivative) for derivative in derivatives)

    def _left(self, derivative: Derivative) -> int:
        """The order that is differentiated backward."""
        bundle = self._carried(derivative)
        return derivative.order - (bundle.order if bundle else 0)

    def describe(self, derivative: Derivative, dim: int) -> str:
        bundle, left = self._carried(derivative), self._left(derivative)
        if bundle is None:
            return super().describe(derivative, dim)
        rest = f", {left} by backward passes" if left else ", first derivatives with them" if bundle.drift else ""
        return f"order {derivative.order}: {bundle.order} in a forward pass along {_place(bundle.factor)}{rest}"

    # --- the lines

    def draws(self, derivatives: Sequence[Derivative], setting: Setting) -> object:
        count = self.course(derivatives, setting).drawn
        return (("directions", count, setting.dim, setting.share),) if count else ()

    def write(self, derivatives: Sequence[Derivative], writer: Writer) -> None:
        """Directions, the one network call, and what is left of each derivative."""
        course = self.course(derivatives, writer.setting)
        if not course.bundles:
            super().write(derivatives, writer)
            return
        plain, dim = writer.plain_call(derivatives), writer.show(DIM)
        if course.drawn:
            writer.line(f"(omega,) = draw(points, generator, {writer.draws}) if noise is None else noise")
        elif any(isinstance(bundle.factor, Spanned) for bundle in course.bundles):
            # a matrix leads out of what a narrow first layer sees, so all axes are needed
            writer.line(f"omega = whole(None, points, {dim})")
        held: dict[Bundle, str] = {}
        names, entries = ["values" if None in course.carried else "_"], []
        for bundle in course.bundles:
            entries.append(self._entry(bundle, course, writer))
            wanted = [bundle] if bundle.summed else [Bundle(bundle.factor, k + 1) for k in range(bundle.order)]
            held |= {each: writer.variable(_name(each)) for each in wanted if each in course.carried}
            found = [held.get(each, "_") for each in wanted]
            names.append(found[0] if bundle.summed else f"({', '.join(found)}{',' * (len(found) == 1)})")
        net = "net" if plain else f"lambda nodes: {writer.network(derivatives, 'nodes')}"
        arguments = ", ".join([net, "points", str(writer.size), *entries, *_dtype(course, writer.setting)])
        line = f"{', '.join(names)} = jets({arguments})"
        writer.line(line, writer.network_call)
        for derivative, each in zip(derivatives, course.carried):
            writer.assign(derivative, self._rest(derivative, each, "values" if each is None else held[each], writer))

    def _rest(self, derivative: Derivative, bundle: Bundle | None, held: str, writer: Writer) -> str:
        """What is left to do where a variable holds what was carried."""
        held = f"{held}[..., 0]" if writer.single else held
        if bundle is None:
            return self._text(derivative, writer, held)
        if isinstance(bundle.factor, Along | Spanned):
            partial = derivative.partial
            return writer.outputs(held, partial.name, None if partial.component.free_symbols else partial.component)
        if isinstance(bundle.factor, Line):
            return self._text(derivative, writer, held, [bundle.factor.axis] * bundle.order)
        return self._text(derivative, writer, held, traces=bundle.order // 2)

    def _entry(self, bundle: Bundle, course: Course, writer: Writer) -> str:
        """Directions, order and weights of a bundle as text, after the lines that these need."""
        factor, dim = bundle.factor, writer.show(DIM)
        if isinstance(factor, Line | Along):
            return f"({self._vector(factor, writer)}, {bundle.order}, None)"
        vectors, weights = "omega" if course.drawn else dim, _mean(bundle.order, dim) if course.drawn else "1"
        if isinstance(factor, Spanned):
            space = f"omega[..., :{dim}]" if writer.setting.timed else "omega"
            if course.drawn and writer.setting.share > 1:
                space = f"dealt({space}, len(points))"
            vectors = writer.variable("v")
            if factor.one_sided:
                root = writer.factor(sqrt(factor.left), (SPACE,))
                writer.line(f"{vectors} = spaced({root} * {space}, points, {dim})")
            else:
                given = writer.show(factor.left, (SPACE,)) if factor.diagonal else product(factor, space, writer)
                share, number = writer.variable("share"), dim if course.drawn else "len(omega)"
                helper = "scaled" if factor.diagonal else "polarised"
                writer.line(f"{vectors}, {share} = {helper}({space}, {given}, {number})")
                vectors, weights = f"spaced({vectors}, points, {dim})", f"{share} / len({share})"
        if bundle.scale != S.One:
            scale = writer.factor(bundle.scale)
            weights = scale if weights == "1" else f"-{weights}" if scale == "-1" else f"{scale} * {weights}"
        pairs = [f"({writer.show(share)}, {self._vector(each, writer)})" for share, each in bundle.drift]
        drift = f", [{', '.join(pairs)}]" if pairs else ""
        return f"({vectors}, {bundle.order}, {weights}{drift})"

    def _vector(self, factor: Line | Along, writer: Writer) -> str:
        if isinstance(factor, Line):
            return f"axis(points, {writer.column(factor.axis)})"
        return f"spaced({writer.show(factor.vector, (SPACE,))}, points, {writer.show(DIM)})"


def _dtype(course: Course, setting: Setting) -> list[str]:
    """The argument of `jets` for slopes of another type than the points, if that is wanted.

    A slope s is rounded by 2⁻⁹ of itself at most, at random, so a sum of many s² hardly is: by 3e-4 to 5e-4 of a
    Laplacian in 40 to 1000 dimensions, as was seen, a small part of what random directions leave.
    """
    if setting.slopes == "same" or not any(bundle.summed and bundle.order == 2 for bundle in course.bundles):
        return []
    if setting.slopes == "bfloat16":
        return ["dtype=torch.bfloat16"]
    return ["dtype=narrow(points)"] if course.drawn else []


def passes(derivative: Derivative, dim: int, order: int) -> int:
    """Backward passes for what is left of a derivative when `order` of it is known: one for a first derivative, then
    one for each entry that is there."""
    total, entries = 0, 1
    for axis in derivative.partial.axes[order:]:
        total += entries
        entries *= dim if axis.free_symbols else 1
    return total


def _axes(derivative: Derivative) -> tuple[int, list[Axis]]:
    """The number of Laplacians in a derivative, and its numbered axes."""
    body, limits = derivative.opened()
    (partial,) = body.atoms(Partial)
    traces = [i for i, count in limits if count == DIM and is_traced(i, partial, body / partial)]
    return len(traces), [axis for axis in partial.axes if not axis.free_symbols]


def _mean(order: int, dim: str) -> str:
    """What the sum of derivatives of an even order along random directions is to be multiplied by: with it
    (w·ω)^order has the mean |w|^order."""
    above = " * ".join(f"({dim} + {k})" if k else dim for k in range(0, order, 2))
    below = math.prod(range(1, order, 2))
    return f"{above} / {'len(omega)' if below == 1 else f'({below} * len(omega))'}"


def _name(bundle: Bundle) -> str:
    """A name for the variable that holds what was carried."""
    if isinstance(bundle.factor, Spanned):
        return "curves"
    if isinstance(bundle.factor, Frame):
        return "trace" if bundle.order == 2 else f"trace_{bundle.order}"
    return {1: "slope", 2: "curve", 3: "third", 4: "fourth"}[bundle.order]


def _place(factor: Factor) -> str:
    if isinstance(factor, Line):
        return "time" if factor.axis == TIME else f"axis {factor.axis}"
    if isinstance(factor, Along):
        return "its own direction"
    return "directions" if isinstance(factor, Frame) else "directions scaled to the matrix"
