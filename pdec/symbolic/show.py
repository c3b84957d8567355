"""Expressions as text that reads like a `.pde` file: what `pdec explain` prints and generated comments carry."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol
from sympy.printing.str import StrPrinter

from pdec.problem import Coordinates
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Axis,
    Coefficient,
    Coordinate,
    Delta,
    Entry,
    Expectation,
    Lookup,
    Measured,
    Noise,
    Normal,
    Partial,
    Tensor,
)
from pdec.symbolic.elsewhere import At, Integral, Mean, put
from pdec.symbolic.named import (
    Advection,
    AlongNormal,
    Array,
    Divergence,
    Dot,
    Field,
    Gradient,
    Laplacian,
    SecondOrder,
    Square,
    Vector,
    arguments_of,
    named,
    unmoved,
)
from pdec.symbolic.sums import Contraction, Extreme
from pdec.symbolic.truth import AllOf, AnyOf, Equal, Less, Not, Where

_INDICES = "ijklm"


class _Printer(StrPrinter):  # type: ignore[misc]
    printmethod = ""  # leaves are printed by the methods below, not by their own

    def __init__(self, coordinates: Coordinates, scalars: frozenset[str], pairs: frozenset[str]) -> None:
        super().__init__({"order": "none"})
        self.coordinates, self.scalars, self.pairs = coordinates, scalars, pairs

    # --- axes

    def axis(self, axis: Axis) -> str:
        """How the coordinate along an axis is written after an underscore."""
        if axis == TIME:
            return self.coordinates.time or "t"
        if isinstance(axis, Integer):
            return f"{self.coordinates.names[0]}{axis}" if self.coordinates.vector else self._named(axis)
        return f"{self.coordinates.names[0]}[{self._print(axis)}]"

    def _named(self, axis: Integer) -> str:
        return self.coordinates.names[int(axis) - 1]

    def _print_Symbol(self, symbol: Expr) -> str:
        name = str(symbol.name)
        if name.startswith("_i"):
            return _INDICES[(int(name[2:]) - 1) % 5]
        return "abcdefgh"[int(name[2:])] if name.startswith("_s") else name

    def _print_Dummy(self, symbol: Expr) -> str:
        return str(symbol.name)

    # --- leaves

    def _print_Coordinate(self, leaf: Coordinate) -> str:
        if leaf.axis == TIME or (isinstance(leaf.axis, Integer) and not self.coordinates.vector):
            return self.axis(leaf.axis)
        return f"{self.coordinates.names[0]}[{self._print(leaf.axis)}]"

    def _base(self, partial: Partial) -> str:
        if partial.name in self.scalars or str(partial.component).startswith("_s"):
            return partial.name
        return f"{partial.name}[{self._print(partial.component)}]"

    def _print_Partial(self, partial: Partial) -> str:
        if partial.name in self.pairs and partial.component.is_Integer:
            # the real or imaginary part of the derivative, which is that of a scalar
            inner = _Printer(self.coordinates, self.scalars | self.pairs, frozenset())
            return f"{('re', 'im')[int(partial.component) - 1]}({inner._print(partial)})"
        base = self._base(partial)
        free = [axis for axis in partial.axes if str(axis).startswith("_s")]
        if free and len(set(free)) == len(free) <= 2:
            # a derivative with free indices is a whole vector or matrix
            rest = Partial(*partial.args[:2], *(axis for axis in partial.axes if axis not in free))
            return f"{('grad', 'hess')[len(free) - 1]}({self._print(rest)})"
        if not partial.axes:
            return base
        if all(not axis.free_symbols for axis in partial.axes) and "[" not in base:
            return f"{base}_{''.join(self.axis(axis) for axis in partial.axes)}"
        return f"d({base}, {', '.join(self.axis(axis) for axis in partial.axes)})"

    def _print_Extreme(self, leaf: Extreme) -> str:
        name = "largest" if leaf.kind == "max" else "smallest"
        return f"{name}({self._print(leaf.args[1])} over {self._print(leaf.args[2])})"

    def _print_Normal(self, leaf: Normal) -> str:
        return f"normal[{self._print(leaf.axis)}]"

    def _print_Entry(self, leaf: Entry) -> str:
        return f"{leaf.name}[{', '.join(self._print(axis) for axis in leaf.axes)}]"

    def _print_Coefficient(self, leaf: Coefficient) -> str:
        return leaf.name

    def _print_Lookup(self, lookup: Lookup) -> str:
        table = lookup.table
        along = f"_{table.parameters[table.along - 1]}" if table.along else ""
        return f"{table.name}{along}({', '.join(self._print(place) for place in lookup.places)})"

    def _print_Measured(self, leaf: Measured) -> str:
        return f"measured[{leaf.axis}]" if leaf.axis.is_positive and leaf.axis.is_Integer else "measured"

    def _print_Noise(self, leaf: Noise) -> str:
        return f"{leaf.name}[{self._print(leaf.axis)}]"

    def _print_Tensor(self, leaf: Tensor) -> str:
        return f"{leaf.name}[{', '.join(self._print(axis) for axis in leaf.axes)}]" if leaf.axes else leaf.name

    def _print_Delta(self, leaf: Delta) -> str:
        return f"delta({self._print(leaf.args[0])}, {self._print(leaf.args[1])})"

    def _print_Expectation(self, leaf: Expectation) -> str:
        return f"E[{leaf.name} ~ normal({self._print(leaf.size)})]({self._print(leaf.body)})"

    # --- pieces

    def _print_Where(self, expression: Where) -> str:
        parts: list[str] = []
        rest: Expr = expression
        while isinstance(rest, Where):
            parts += [self._print(rest.condition), self._print(rest.inside)]
            rest = rest.outside
        return f"where({', '.join(parts)}, {self._print(rest)})"

    def _print_Less(self, condition: Less) -> str:
        left, right = map(self._print, condition.args)
        return f"{left} < {right}"

    def _print_Equal(self, condition: Equal, sign: str = "==") -> str:
        left, right = map(self._print, condition.args)
        return f"{left} {sign} {right}"

    def _print_Not(self, condition: Not) -> str:
        (inner,) = condition.args
        if isinstance(inner, Less):
            left, right = map(self._print, inner.args)
            return f"{right} <= {left}"
        return self._print_Equal(inner, "!=") if isinstance(inner, Equal) else f"not ({self._print(inner)})"

    def _print_AllOf(self, condition: AllOf) -> str:
        parts = ((f"({self._print(c)})" if isinstance(c, AnyOf) else self._print(c)) for c in condition.args)
        return " and ".join(parts)

    def _print_AnyOf(self, condition: AnyOf) -> str:
        return " or ".join(map(self._print, condition.args))

    # --- what is not local

    def _print_At(self, leaf: At) -> str:
        """`u(s, t)`; with one name for all coordinates `u(x + z, t)`, or `u(x1=s)` where single entries are moved."""
        given = arguments_of(leaf, self.coordinates)
        texts = (f"{self.axis(axis)}={self._print(e)}" if axis is not None else self._print(e) for axis, e in given)
        return f"{self._print(leaf.what)}({', '.join(texts)})"

    def _print_Integral(self, leaf: Integral) -> str:
        variable, body = leaf.name, self._print(put(leaf.body, leaf.name, Symbol(leaf.name)))
        return f"integral({variable} in {self._print(leaf.lower)}..{self._print(leaf.upper)}, {body})"

    def _print_Mean(self, leaf: Mean) -> str:
        local = unmoved(leaf)
        if local is not None:
            return f"mean({self._print(local)})"
        body = leaf.body if self.coordinates.vector else put(leaf.body, leaf.name, Symbol(leaf.name))
        return f"mean({leaf.name} in domain, {self._print(body)})"

    # --- sums that have a name

    def _print_Contraction(self, contraction: Contraction) -> str:
        match named(contraction, self.coordinates):
            case Laplacian(of, times):
                return "lap(" * times + self._print(of) + ")" * times
            case Divergence(field):
                return f"div({field})"
            case Square(vector):
                return f"|{self._vector(vector)}|^2"
            case Dot(left, right):
                return f"dot({self._vector(left)}, {self._vector(right)})"
            case AlongNormal(of):
                return f"dn({self._print(of)})"
            case Advection(velocity, of):
                return f"advect({velocity}, {self._print(of)})"
            case SecondOrder(matrix, of):
                return f"({matrix.name} : hess({self._print(of)}))"
        text = self._print(contraction.body)
        for index, count in contraction.limits:
            # a symbolic index reads i; a shorter range is said
            bounds = self._print(index) if count == DIM else f"{self._print(index)} in 1..{self._print(count)}"
            text = f"sum({bounds}, {text})"
        return text

    def _vector(self, vector: Vector) -> str:
        match vector:
            case Gradient(of):
                return f"grad({self._print(of)})"
            case Field(name) | Array(name):
                return name
        names = self.coordinates.names
        return names[0] if self.coordinates.vector else f"[{', '.join(names)}]"

    # --- arithmetic in the language's spelling

    def _print_Pow(self, expression: Expr, rational: bool = False) -> str:
        called = named(expression.base, self.coordinates) if isinstance(expression.base, Contraction) else None
        if isinstance(called, Square):
            # a power of |v|^2 is a power of |v|: of sqrt(|v|^2) the norm itself
            power = 2 * expression.exp
            exponent = self._print(power)
            exponent = exponent if (power.is_Integer and power > 0) or power.is_Symbol else f"({exponent})"
            return f"|{self._vector(called.vector)}|" + (f"^{exponent}" if power != 1 else "")
        return str(super()._print_Pow(expression, rational=rational)).replace("**", "^")

    def _print_Abs(self, expression: Expr) -> str:
        return f"|{self._print(expression.args[0])}|"


def show(
    expression: Expr, coordinates: Coordinates, scalars: frozenset[str], pairs: frozenset[str] = frozenset()
) -> str:
    """`expression` as text; `scalars` are the unknowns that have no components, `pairs` the complex ones."""
    text = str(_Printer(coordinates, scalars, pairs).doprint(expression))
    return text.replace("**", "^").replace("Max(", "max(").replace("Min(", "min(")


def show_equation(
    terms: list[Expr], coordinates: Coordinates, scalars: frozenset[str], pairs: frozenset[str] = frozenset()
) -> str:
    """The sum of `terms`, in their order, set to zero."""
    printer = _Printer(coordinates, scalars, pairs)
    text = ""
    for term in terms:
        negative = bool(term.as_coeff_Mul()[0] < 0)
        part = printer.doprint(-term if negative else term)
        part = f"({part})" if (-term if negative else term).is_Add else part
        text += (f" {'-' if negative else '+'} " if text else "-" * negative) + part
    return text.replace("**", "^").replace("Max(", "max(").replace("Min(", "min(") + " = 0"
