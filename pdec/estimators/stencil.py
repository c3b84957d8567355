"""Layout → the lines of a generated function: random numbers, nodes, one network call, differences, means."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Expr, sqrt

from pdec.estimators.base import Derivative, Writer
from pdec.estimators.layout import Layout, NodeSet
from pdec.estimators.means import scale, weighted_mean
from pdec.estimators.products import SPACE, product
from pdec.estimators.radii import TWIST
from pdec.estimators.rules import Along, Factor, Frame, Line, Rule, Spanned, Weight, weigh
from pdec.symbolic.atoms import DIM, TIME, Coordinate, Delta, Partial, slot
from pdec.symbolic.sums import rebuilt

CHANNELS = {0: "level", 1: "slope", 2: "curve", 3: "third", 4: "fourth", TWIST: "twist"}
"""Names of variables for derivatives along directions, by order."""

NAMES = {Frame: "frame", Line: "line", Along: "along", Spanned: "fan"}
"""The same for nodes, by their first factor."""


class Stencil:
    """The lines for one layout. The dictionaries hold the names of variables: of the squared radii by node set and
    factor, of the values and of the values at the centre by node set, of what is known about a direction, and of
    derivatives along directions by node set and orders."""

    def __init__(self, layout: Layout, writer: Writer) -> None:
        self.layout, self.writer = layout, writer
        self.dim = writer.show(DIM)
        self.space = "omega[..., :-1]" if writer.setting.timed else "omega"
        self.radii: dict[tuple[int, int], str] = {}
        self.values: dict[int, str] = {}
        self.centers: dict[int, str] = {}
        self.units: dict[int, str] = {}
        self.lengths: dict[int, str] = {}
        self.channels: dict[tuple[int, tuple[int, ...]], str] = {}
        # nodes are what the first layer gives at them, where the network is called at them as they are
        self.split, self.start = False, "points"
        # sets of nodes along the direction of the points themselves, which went through the first layer with them
        self.outward: set[int] = set()
        self.number = {nodes.factors: number for number, nodes in enumerate(layout.sets)}

    def write(self, derivatives: Sequence[Derivative]) -> None:
        """All lines, up to those that assign the derivatives."""
        self._draw()
        if self.layout.sets and self.writer.plain_call(derivatives):
            self.writer.line("first, rest, start = split(net, points)")
            self.split, self.start = True, "start"
        names = [name for number, nodes in enumerate(self.layout.sets) for name in self._nodes(number, nodes)]
        if self.layout.pairs:
            if self.layout.mirrored:  # of steps with opposite signs, one each
                step = self._step(min(2 * self.layout.pairs, self.layout.normals)) + "[::2]"
            else:
                step = self._step(self.layout.pairs)
            step = self._pushed(step)
            self.pairs = self._variable("pairs", f"torch.stack([{self.start} + {step}, {self.start} - {step}])")
            names.append(self.pairs)
        if self.layout.hermite or self.layout.plain:
            self.middle = self._variable("middle", f"{self.start}[None]")
            names.append(self.middle)
        self._call(derivatives, names)
        self._deal()
        for derivative, found in zip(derivatives, self.layout.rules):
            self.writer.assign(derivative, self._estimate(derivative, found) + scale(derivative, self.writer))

    def _variable(self, name: str, text: str) -> str:
        """A new variable that holds `text`."""
        name = self.writer.variable(name)
        self.writer.line(f"{name} = {text}")
        return name

    def _pushed(self, steps: str) -> str:
        """What steps of the points are behind the first layer."""
        return f"pushed(first, {steps})" if self.split else steps

    def _step(self, rows: int) -> str:
        return "step" if rows == self.layout.normals else f"step[:{rows}]"

    # --- random numbers

    def _draw(self) -> None:
        layout, parts = self.layout, []
        if layout.directions:
            parts.append("omega")
        if layout.times:
            parts.append("still")
        if layout.normals:
            parts.append("z")
        for number, nodes in enumerate(layout.sets):
            for k, radii in enumerate(nodes.radii):
                self.radii[number, k] = self.writer.variable("q")
                if radii.law:
                    parts.append(self.radii[number, k])
        if parts:
            left = f"({parts[0]},)" if len(parts) == 1 else ", ".join(parts)
            self.writer.line(f"{left} = draw(points, generator, {self.writer.draws}) if noise is None else noise")
        for number, nodes in enumerate(layout.sets):
            for k, radii in enumerate(nodes.radii):
                if not radii.law:
                    fixed = ", ".join(map(repr, radii.fixed))
                    self.writer.line(f"{self.radii[number, k]} = fixed(points, {fixed})", "squared radii")
        if layout.normals:
            sigma, sigma_t = self.writer.sigmas
            text = f"{sigma} * z"
            if sigma != sigma_t:
                text = f"torch.cat([{sigma} * z[..., :-1], {sigma_t} * z[..., -1:]], dim=-1)"
            self.writer.line(f"step = {text}")
        if layout.hermite and layout.normals > layout.pairs:
            self.writer.line(f"z = z[:{layout.pairs}]")

    # --- nodes

    def _nodes(self, number: int, nodes: NodeSet) -> list[str]:
        """Lines for one set of nodes; the variables that hold them, and their centres where those take part."""
        base = self._base(number, nodes)
        if nodes.center and nodes.free:
            base = self.centers[number] = self._variable("middle", base)
        elif nodes.center:
            self.centers[number] = self._variable("middle", f"{self.start}[None]")
        text = self._for_rows(base, nodes)
        for k, factor in enumerate(nodes.factors):
            along = self._direction(number, factor)
            if number not in self.outward:
                along = self._pushed(along)
            # scaled, and made a simplex, where vectors are short
            along = f"{self._sigma(factor)} * {f'simplex({along})' if nodes.simplex else along}"
            text = f"{'corners' if nodes.simplex else 'spread'}({text}, {along}, {self._radii(number, k)})"
        self.values[number] = self._variable(NAMES[type(nodes.factors[0])], text)
        return [self.values[number], *([self.centers[number]] if nodes.center else [])]

    def _for_rows(self, base: str, nodes: NodeSet) -> str:
        """What there is for every Gaussian step, one for every direction."""
        return f"repeated({base}, {nodes.rows})" if 1 < nodes.bases < nodes.rows else base

    def _radii(self, number: int, k: int) -> str:
        """Squared radii, with axes for the pairs and radii of the factors before."""
        name = self.radii[number, k]
        return f"{name}[:, {', '.join(['None'] * 2 * k)}]" if k else name

    def _direction(self, number: int, factor: Factor) -> str:
        if isinstance(factor, Line):
            return f"axis(points, {self.writer.column(factor.axis)})"
        return "omega" if isinstance(factor, Frame) else self.units[number]

    def _sigma(self, factor: Factor) -> str:
        sigma, sigma_t = self.writer.sigmas
        return sigma_t if isinstance(factor, Line) and factor.axis == TIME else sigma

    def _base(self, number: int, nodes: NodeSet) -> str:
        """The point, and the Gaussian step in what the factors leave free."""
        columns = [self.writer.column(factor.axis) for factor in nodes.factors if isinstance(factor, Line)]
        if nodes.free == "time":
            time = self.writer.column(TIME)
            return f"{self.start} + still * {self._pushed(f'{self.writer.sigmas[1]} * axis(points, {time})')}"
        if nodes.still and isinstance(nodes.factors[0], Along):
            self._unit(number, nodes.factors[0])
        if not nodes.free:
            return self.start
        step = self._step(nodes.bases)
        step = f"cleared({step}, {', '.join(columns)})" if columns else step
        first = nodes.factors[0]
        if isinstance(first, (Along, Spanned)):
            self._unit(number, first)
            step = f"across({step}, {self.units[number]})"
        return f"{self.start} + {self._pushed(step)}"

    def _unit(self, number: int, factor: Along | Spanned) -> None:
        """Lines for the unit vector of a direction, and for what a derivative along it is to be multiplied by."""
        share = ""
        own = isinstance(factor, Along) and factor.vector == Coordinate(slot(0)) and not self.writer.setting.timed
        if own and self.split and self.layout.sets[number].still:
            self.outward.add(number)
            self.units[number], self.lengths[number] = self.writer.variable("unit"), self.writer.variable("length")
            self.writer.line(f"{self.units[number]}, {self.lengths[number]} = outwards(first, points, start)")
            return
        if isinstance(factor, Along):
            vector = self.writer.show(factor.vector, (SPACE,))
            if slot(0) not in factor.vector.free_symbols:
                vector = f"spaced({vector}, points, {self.dim})[..., :{self.dim}]"
        elif factor.one_sided:
            share = self.dim
            vector = f"{self.writer.factor(sqrt(factor.left), (SPACE,))} * {self.space}"
        else:
            given = (
                self.writer.show(factor.left, (SPACE,)) if factor.diagonal else product(factor, self.space, self.writer)
            )
            helper = "scaled" if factor.diagonal else "polarised"
            vector, share = self.writer.variable("v"), self.writer.variable("share")
            self.writer.line(f"{vector}, {share} = {helper}({self.space}, {given}, {self.dim})")
        self.units[number], self.lengths[number] = self.writer.variable("unit"), self.writer.variable("length")
        self.writer.line(f"{self.units[number]}, {self.lengths[number]} = towards({vector}, points)")
        if share:
            self.lengths[number] = self._variable("share", f"{share} * {self.lengths[number]}.square()")

    # --- values

    def _call(self, derivatives: Sequence[Derivative], names: list[str]) -> None:
        if len(names) == 1:
            self.writer.line(f"values = {self._network(derivatives, names[0])}", self.writer.network_call)
            self.values = dict.fromkeys(self.values, "values")
            self.pairs = self.middle = "values"
            return
        together = ", ".join(names)
        call = self._network(derivatives, f"stacked({together})")
        self.writer.line(f"values = {call}", self.writer.network_call)
        self.writer.line(f"{together} = parted(values, {together})")

    def _network(self, derivatives: Sequence[Derivative], nodes: str) -> str:
        return f"evaluate(rest, {nodes})" if self.split else self.writer.network(derivatives, nodes)

    def _deal(self) -> None:
        """Lines that give each point its own directions and radii where points share them and weights have them."""
        for number, nodes in enumerate(self.layout.sets):
            if nodes.share > 1 and isinstance(nodes.factors[0], Frame) and nodes.radii[0].law:
                q = self.radii[number, 0]
                self.writer.line(f"{q} = dealt({q}, len(points))")
        frames = [found for found in self.layout.rules if found.factors and isinstance(found.factors[0], Frame)]
        weighed = any(found.orders[0] % 2 or found.weight == Weight.TWIST for found in frames)
        if weighed and any(nodes.simplex for nodes in self.layout.sets):
            self.writer.line("omega = simplex(omega)")
        if self.layout.share > 1 and weighed:
            self.writer.line("omega = dealt(omega, len(points))")

    def _channel(self, number: int, orders: tuple[int, ...]) -> str:
        """The variable with a derivative along the factors of a set: (rows, B), with an axis for several outputs."""
        if (number, orders) not in self.channels:
            text = self.values[number]
            nodes = self.layout.sets[number]
            center = self._for_rows(self.centers.get(number, ""), nodes)
            for k in reversed(range(len(orders))):
                halves = dict.fromkeys(("even", "odd"), text)  # at a corner there is no other side
                if not nodes.simplex:
                    halves = {"even": f"even({text})", "odd": f"odd({text})"}
                parts = {**halves, "q": self._radii(number, k), "c": center, "dim": self.dim}
                text = nodes.radii[k].texts[orders[k]].format(**parts)
                text = self._variable(CHANNELS[orders[0]] if len(orders) == 1 else "mixed", text)
            self.channels[number, orders] = text
        return self._output(self.channels[number, orders])

    def _pairs(self, order: int) -> str:
        """The same for values at Gaussian pairs, by parity."""
        if self.layout.plain and not order:
            return self._output(self.middle)
        kind = order % 2 if order else -1
        if (-1, (kind,)) not in self.channels:
            text = {-1: f"even({self.pairs})", 0: f"even({self.pairs}) - {{}}", 1: f"odd({self.pairs})"}[kind]
            text = text if kind else text.format(self.middle)
            self.channels[-1, (kind,)] = self._variable({-1: "level", 0: "even_part", 1: "odd_part"}[kind], text)
        return self._output(self.channels[-1, (kind,)])

    def _output(self, channel: str) -> str:
        return f"{channel}[..., 0]" if self.writer.single else channel

    def _estimate(self, derivative: Derivative, found: Rule) -> str:
        """The mean over the draws, but for the powers of sigma."""

        def mean(channel: str, weight: Callable[[Partial], Expr]) -> str:
            return weighted_mean(derivative, weight, channel, "len(omega)", self.writer)

        if not found.factors:
            channel = self._pairs(derivative.order)
            return weighted_mean(derivative, lambda partial: weigh(found, partial), channel, "len(z)", self.writer)
        number = self.number[found.factors]
        first = found.factors[0]
        if isinstance(first, (Along, Spanned)):
            return self._along(derivative, first, self._channel(number, found.orders), self.lengths[number])
        orders = (TWIST,) if found.weight == Weight.TWIST else found.orders
        text = mean(self._channel(number, orders), lambda partial: weigh(found, partial))
        if found.weight == Weight.TWIST and _has_trace(derivative.expression):
            text = f"({text} + {mean(self._channel(number, found.orders), _trace)})"
        return text

    def _along(self, derivative: Derivative, factor: Along | Spanned, channel: str, length: str) -> str:
        """The mean of derivatives along directions, with the length that those have and their weights."""
        partial = derivative.partial
        whole = bool(partial.component.free_symbols)
        values = self.writer.outputs(channel, partial.name, None if whole else partial.component)
        length = f"{length}[..., None]" if whole else length
        if isinstance(factor, Spanned):
            return f"({length} * {values}).mean(0)"
        return f"{length}{'.square()' if derivative.order_in_space == 2 else ''} * {values}.mean(0)"


def _trace(partial: Partial) -> Expr:
    """What goes with the Laplacian in a matrix of second derivatives."""
    return Delta(*partial.axes) / DIM


def _has_trace(expression: Expr) -> bool:
    return bool(rebuilt(expression, lambda node: _trace(node) if isinstance(node, Partial) else None) != 0)
