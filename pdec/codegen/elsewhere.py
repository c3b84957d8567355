"""What is not local, as lines of code: unknowns at other places, integrals, means, expectations.

An average is a weighted sum over nodes. Its variable is a tensor with one more leading axis, (M, B) or (M, 1) where the
nodes are the same for all points, against which everything in the body broadcasts; a nested average has one axis more.
An unknown at a place is a function of its own, with a network call of its own: places (…, n_coords) in, values (…) out.
Memory is that of the places: the nodes of all averages around them, times the points, times the coordinates; the nodes
are at most MAX_NODES. A Stein method takes as many draws at a node as share the draws of the point between the nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sympy import Basic, Expr, Integer, Tuple
from sympy.core.symbol import Str

from pdec.codegen.printer import UnprintableError
from pdec.codegen.writer import INDENT, FunctionWriter, docstring, varies
from pdec.domains import Box
from pdec.estimators import Derivative, Setting
from pdec.options import OptionError, Options
from pdec.plan import Plan, setting
from pdec.problem import Problem
from pdec.symbolic.atoms import DIM, Average, Expectation, Leaf, Noise, Tensor
from pdec.symbolic.elsewhere import PLACE, At, Integral, Mean
from pdec.symbolic.show import show
from pdec.symbolic.sums import Contraction, Extreme, contract

MAX_NODES = 2**16
FEWEST = 5
"""A rule with fewer nodes along each coordinate is worse than random points."""

Axes = tuple[tuple[Basic, Expr], ...]


@dataclass(slots=True)
class Rules:
    """What the functions of a module share: the rules of quadrature and the functions that take unknowns elsewhere."""

    problem: Problem
    plan: Plan
    options: Options
    constants: dict[str, str] = field(default_factory=dict)
    functions: dict[tuple[frozenset[str], int], str] = field(default_factory=dict)

    def function(self, names: frozenset[str], samples: int) -> str:
        """The name of the function that computes the derivatives of these names, by so many evaluations a place."""
        key = names, samples if self.plan.lowering.drawn else 1
        return self.functions.setdefault(key, f"elsewhere{len(self.functions) + 1 if self.functions else ''}")

    def draws(self, names: frozenset[str], samples: int) -> tuple[object, Setting]:
        """What such a function draws for a place, and the setting for it."""
        given = replace(setting(self.problem, self.options, "domain"), samples=samples)
        return self.plan.lowering.draws(self.derivatives(names), given), given

    def derivatives(self, names: frozenset[str]) -> list[Derivative]:
        """What such a function returns, in order."""
        return [derivative for derivative in self.plan.elsewhere if derivative.name in names]

    def constant(self, name: str, text: str) -> str:
        """A constant of the module, defined by `text` after the functions."""
        self.constants[name] = text
        return name

    def gauss(self, size: int) -> int:
        """Nodes along each of `size` coordinates; 0 where random points are better."""
        fits = max(n for n in range(1, self.options.quadrature + 1) if n == 1 or n**size <= self.options.mean_points)
        return fits if size == 1 or fits >= FEWEST else 0


@dataclass(slots=True)
class Elsewhere:
    """Writes the lines for what is not local into one function, whose points are called `points`.

    `samples` are the network evaluations a point, which the nodes of an average share; `random`: whether the function
    has a generator, so that random points may be drawn.
    """

    writer: FunctionWriter
    rules: Rules
    samples: int = 1
    random: bool = True
    variables: dict[tuple[object, ...], Expr] = field(default_factory=dict)
    values: dict[tuple[object, ...], dict[str, tuple[str, str, tuple[Basic, ...]]]] = field(default_factory=dict)
    nodes: tuple[int, ...] = ()

    def settled(self, expression: Expr, axes: Axes = (), among: Basic | None = None) -> Expr:
        """`expression` with a variable in the place of everything that is not local.

        `axes` are the indices that are free in it; `among` is where other values at the same places may stand.
        """
        if not expression.has(At, Average):
            return expression
        among = expression if among is None else among
        if isinstance(expression, At):
            return self._value(expression, axes, among)
        if isinstance(expression, Average):
            return self._average(expression, axes)
        if isinstance(expression, (Contraction, Extreme)):
            body, opened = expression.opened()
            limits = opened if isinstance(expression, Contraction) else [opened]
            body = self.settled(body, (*axes, *limits))
            return (
                contract(body, *limits)
                if isinstance(expression, Contraction)
                else Extreme(expression.args[0], body, *limits[0])
            )
        return expression.func(*(self.settled(argument, axes, among) for argument in expression.args))

    # --- unknowns at another place

    def _value(self, at: At, axes: Axes, among: Basic) -> Expr:
        space, time = self.settled(at.space, (*axes, (PLACE, DIM))), self.settled(at.time, axes)
        key = (space, time, self.nodes)
        known = self.values.setdefault(key, {})
        if at.what.name not in known:
            alike = (other for other in among.atoms(At) if other.args[1:] == at.args[1:])
            self._call(frozenset(other.what.name for other in alike), space, time, axes, known)
        name, kind, own = known[at.what.name]
        return Tensor(Str(name), Str(kind), *own, *at.what.axes)

    def _call(
        self,
        names: frozenset[str],
        space: Expr,
        time: Expr,
        axes: Axes,
        known: dict[str, tuple[str, str, tuple[Basic, ...]]],
    ) -> None:
        """The lines that put the place together and evaluate what is asked for there."""
        writer = self.writer
        timed = writer.problem.coordinates.time is not None
        free = (space.free_symbols - {PLACE}) | (time.free_symbols if timed else set())
        own = tuple(limit for limit in axes if limit[0] in free)
        kind = "points" if varies(space) or (timed and varies(time)) else "once"
        blocks = [*self._columns(space, own), *([self._column(time, own)] if timed else [])]
        place = writer.variable("place")
        writer.line(f"{place} = side_by_side({', '.join(blocks)})" if len(blocks) > 1 else f"{place} = {blocks[0]}")
        derivatives = self.rules.derivatives(names)
        variables = [writer.variable(f"{derivative.name}_there") for derivative in derivatives]
        function = self.rules.function(names, max(1, self.samples // self._total()))
        arguments = f"net, {place}, generator" if self.rules.plan.lowering.drawn else f"net, {place}"
        comment = "; ".join(f"{derivative.place}  {derivative.text}".strip() for derivative in derivatives)
        writer.line(f"{', '.join(variables)} = {function}({arguments})", comment)
        for derivative, variable in zip(derivatives, variables):
            known[derivative.name] = variable, kind, tuple(index for index, _ in own)

    def _columns(self, space: Expr, own: Axes) -> list[str]:
        """The space coordinates of a place as blocks of columns."""
        if isinstance(space, Tuple):
            return [self._column(entry, own) for entry in space]
        if PLACE not in space.free_symbols:
            return [f"{self._column(space, own)} * points.new_ones({self.writer.show(DIM)})"]
        return [self.writer.show(space, (*own, (PLACE, DIM)))]

    def _column(self, entry: Expr, own: Axes) -> str:
        text = self.writer.show(entry, own)
        if not entry.atoms(Leaf):
            return f"points.new_full((1,), {text})"
        return f"{text}[..., None]" if text.isidentifier() else f"({text})[..., None]"

    # --- averages

    def _total(self, more: int = 1) -> int:
        total = more
        for number in self.nodes:
            total *= number
        if total > MAX_NODES:
            hint = "take smaller `quadrature` or `mean_points`"
            raise OptionError(f"averages inside averages make {total} nodes a point, at most {MAX_NODES} fit; {hint}")
        return total

    def _average(self, average: Average, axes: Axes) -> Expr:
        if isinstance(average, Integral):
            count, variable, weight, factor = self._interval(average, axes)
        elif isinstance(average, Mean):
            (count, variable, weight), factor = self._domain(average), Integer(1)
        else:
            assert isinstance(average, Expectation)
            (count, variable, weight), factor = self._normal(average), Integer(1)
        noise = [leaf for leaf in average.body.atoms(Noise) if leaf.name == average.name]
        body = average.body.xreplace({leaf: _entry(variable, leaf.axis) for leaf in noise})
        self._total(count)
        inner = replace(self, nodes=(*self.nodes, count))
        body = inner.settled(body, axes)
        own = tuple(limit for limit in axes if limit[0] in body.free_symbols)
        text = self.writer.show(body if weight is None else weight * body, own)
        value = self.writer.variable(_NAMES[type(average)])
        text = text if text.isidentifier() else f"({text})"
        self.writer.line(f"{value} = {text}.{'mean' if weight is None else 'sum'}(0)", self._text(average))
        kind = "points" if varies(body) else "once"
        return factor * Tensor(Str(value), Str(kind), *(index for index, _ in own))

    def _text(self, average: Average) -> str:
        scalars = frozenset(derivative.name for derivative in self.rules.plan.elsewhere)
        return show(average, self.writer.problem.coordinates, scalars)

    def _rule(self, name: str, text: str) -> tuple[Tensor, Tensor]:
        """Nodes and weights of a rule, with axes for the averages around it and for the points."""
        held = self.rules.constant(name, text)
        return tuple(  # type: ignore[return-value]
            Tensor(Str(f"{held}[{k}].to(points){self._apart()}"), Str("once")) for k in (0, 1)
        )

    def _apart(self) -> str:
        return f"[:{', None' * (len(self.nodes) + 1)}]"

    def _interval(self, integral: Integral, axes: Axes) -> tuple[int, Expr, Expr, Expr]:
        lower, upper = (self.settled(limit, axes) for limit in integral.args[2:])
        count = self.rules.options.quadrature
        node, weight = self._rule("LEGENDRE", f"gauss_legendre({count})")
        key = ("integral", lower, upper, self.nodes)
        if key not in self.variables:
            own = tuple(limit for limit in axes if limit[0] in lower.free_symbols | upper.free_symbols)
            name = self.writer.variable(integral.name)
            self.writer.line(
                f"{name} = {self.writer.show(lower + (upper - lower) * node, own)}", "nodes of the integral"
            )
            kind = "points" if varies(lower) or varies(upper) else "once"
            self.variables[key] = Tensor(Str(name), Str(kind), *(index for index, _ in own))
        return count, self.variables[key], weight, upper - lower

    def _domain(self, mean: Mean) -> tuple[int, Expr, Expr | None]:
        problem, count = self.writer.problem, self.rules.options.mean_points
        domain = problem.domain
        gauss = self.rules.gauss(problem.dim) if isinstance(domain, Box) else 0
        if gauss:
            assert isinstance(domain, Box)
            sides = f"{problem.dim}, {domain.lower!r}, {domain.upper!r}"
            node, weight = self._rule("DOMAIN", f"box_grid(*gauss_legendre({gauss}), {sides})")
            return gauss**problem.dim, self._drawn(mean.name, ("mean", mean.name), str(node.name)), weight
        options = "generator=generator, device=points.device, dtype=points.dtype"
        text = f"inside({count}, {options}){self._apart()}"
        return count, self._drawn(mean.name, ("mean", mean.name), text, random=True), None

    def _normal(self, expectation: Expectation) -> tuple[int, Expr, Expr | None]:
        size = int(expectation.size.xreplace({DIM: Integer(self.writer.problem.dim)}))
        gauss, key = self.rules.gauss(size), ("expectation", expectation.name, size)
        if gauss:
            rule = f"grid(*gauss_hermite({gauss}), {size})"
            node, weight = self._rule(f"HERMITE_{size}", rule)
            return gauss**size, self._drawn(expectation.name, key, str(node.name)), weight
        count = self.rules.options.mean_points
        text = f"antithetic_normal({count}, {self.writer.show(expectation.size)}, points, generator){self._apart()}"
        return count, self._drawn(expectation.name, key, text, random=True), None

    def _drawn(self, name: str, key: tuple[object, ...], text: str, random: bool = False) -> Expr:
        """The variable that holds the nodes, (M, 1, n): the same for all averages of this kind and letter."""
        if random and not self.random:
            raise UnprintableError("a mean over random points in a solution")
        if (*key, self.nodes) not in self.variables:
            variable = self.writer.variable(name)
            self.writer.line(f"{variable} = {text}")
            self.variables[*key, self.nodes] = Tensor(Str(variable), Str("once"), PLACE)
        return self.variables[*key, self.nodes]


_NAMES: dict[type[Average], str] = {Integral: "integral", Mean: "mean", Expectation: "expectation"}


def _entry(variable: Expr, axis: Basic) -> Expr:
    """An entry of the nodes of a vector; of a scalar they have no axis."""
    return variable.xreplace({PLACE: axis})


def write_function(
    key: tuple[frozenset[str], int], rules: Rules, writer: FunctionWriter, prelude: Sequence[str]
) -> str:
    """The text of the function that computes derivatives at places."""
    derivatives = rules.derivatives(key[0])
    lowering = rules.plan.lowering
    lowering.write(derivatives, writer)
    results = []
    for derivative in derivatives:
        tail = f"*places.shape[:-1], *{derivative.name}.shape[1:]" if derivative.sizes else "places.shape[:-1]"
        results.append(f"{derivative.name}.reshape({tail})")
    arguments = "net, places, generator=None, noise=None" if lowering.drawn else "net, places"
    what = ", ".join(derivative.text for derivative in derivatives)
    drawn = ["", "The noise is drawn here, for every place."] if lowering.drawn else []
    return "\n".join(
        [
            f"def {rules.functions[key]}({arguments}):",
            *docstring(f"{what} at places (…, n_coords), which need not be those of the batch: (…) or (…, k).", *drawn),
            f"{INDENT}points = places.reshape(-1, places.shape[-1])",
            *prelude,
            *writer.prelude(),
            *writer.lines,
            f"{INDENT}return {', '.join(results)}",
        ]
    )
