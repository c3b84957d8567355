"""SymPy expression → torch text.

A scalar expression prints as a tensor of shape (…, B); one with index symbols as (…, B, n, m): one trailing axis for
each pair in `axes`, of length one where the expression does not depend on that index. What stands before B is the draws
of an estimator or of an expectation, and broadcasts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TypeAlias

import sympy
from sympy import Add, Basic, Expr, Float, Integer, Max, Min, Mul, Pow, Rational, S, Symbol, default_sort_key

from pdec.budget import TooLargeError
from pdec.symbolic.angles import acos, asin, atan, atan2
from pdec.symbolic.atoms import (
    DIM,
    Axis,
    Coefficient,
    Coordinate,
    Delta,
    Entry,
    Leaf,
    Lookup,
    Measured,
    Noise,
    Normal,
    TableName,
    Tensor,
    split_axis,
)
from pdec.symbolic.hyperbolic import cosh, sinh, tanh
from pdec.symbolic.sums import Contraction, Extreme, rebuilt
from pdec.symbolic.truth import AllOf, AnyOf, Equal, Less, Not, Where, guarded

Axes: TypeAlias = tuple[tuple[Basic, Expr], ...]
"""Index symbols with their counts, in the order of the trailing axes."""

ADD, MUL, UNARY, POWER, ATOM = range(1, 6)
"""How tightly printed text holds together."""

FUNCTIONS = {
    **{f: f"torch.{f.__name__}" for f in (sympy.sin, sympy.cos, sympy.tan, sinh, cosh, tanh)},
    **{f: f"torch.{f.__name__}" for f in (asin, acos, atan, sympy.atan, atan2, sympy.erf)},
    **{f: f"torch.{f.__name__}" for f in (sympy.exp, sympy.log, sympy.sign)},
    sympy.Abs: "torch.abs",
}


class UnprintableError(Exception):
    """An expression that has no torch form; the argument says what it is."""


@dataclass(slots=True)
class Printer:
    """Prints expressions for one generated function.

    `symbols` and `vectors` name the constants of the module, `numbers` gives the numbers; `coordinate` and `noise` say
    how the entry of the point, or of a random vector, along an axis is reached: the text of a tensor, and the axes it
    has left; `normal` gives the text of the outward normal (B, N), `number` the scalar tensor of an unknown
    number, `table` how a table is called, up to its places; `named` gives the name of a part that is computed once,
    and the axes that it has.
    """

    symbols: Mapping[Symbol, str]
    numbers: Mapping[Symbol, float]
    vectors: Mapping[str, str]
    coordinate: Callable[[Axis], tuple[str, tuple[Axis, ...]]]
    normal: Callable[[], str]
    noise: Callable[[Noise], tuple[str, tuple[Axis, ...]]]
    number: Callable[[Coefficient], str]
    table: Callable[[TableName], str]
    # random vectors of an expectation have no axis for the points: (M, n) where everything else is (…, B, n)
    drawn: frozenset[str] = field(default_factory=frozenset)
    named: Callable[[Expr, Axes], tuple[str, Axes] | None] = lambda *_: None

    def show(self, expression: Expr, axes: Axes = ()) -> str:
        """The text of `expression`. Raises UnprintableError."""
        return self._text(expression, axes)[0]

    def factor(self, expression: Expr, axes: Axes = ()) -> str:
        """The text of `expression`, in parentheses where a product needs them."""
        return self._in(expression, axes, MUL)

    def wide(self, expression: Expr) -> bool:
        """Whether printing a function of random vectors makes a tensor with an axis for their entries, (M, B, n)."""
        sums = [c.opened() for c in expression.atoms(Contraction) if c.atoms(Noise)]
        return not all(self._drawn_contraction(body, limits) for body, limits in sums)

    # --- dispatch

    def _in(self, expression: Expr, axes: Axes, level: int) -> str:
        text, precedence = self._text(expression, axes)
        return text if precedence >= level else f"({text})"

    def _text(self, expression: Expr, axes: Axes) -> tuple[str, int]:
        known = self.named(expression, axes)
        if known is None:
            return self.written(expression, axes)
        name, own = known
        return name if own == axes else self._entry(name, (), axes), ATOM

    def written(self, expression: Expr, axes: Axes) -> tuple[str, int]:
        """The text of `expression`, whether it has a name or not, and how tightly it holds together."""
        if not _varies(expression, axes):
            return self._constant(expression)
        if isinstance(expression, Coordinate):
            return self._entry(*self.coordinate(expression.axis), axes), ATOM
        if isinstance(expression, Noise):
            text, own = self.noise(expression)
            return self._entry(f"{text}[:, None]" if expression.name in self.drawn else text, own, axes), ATOM
        if isinstance(expression, Tensor):
            return self._entry(expression.name, expression.axes, axes), ATOM
        if isinstance(expression, Normal):
            return self._entry(self.normal(), (expression.axis,), axes), ATOM
        if isinstance(expression, Coefficient):
            return self.number(expression), ATOM
        if isinstance(expression, Measured):
            return self._entry("measured", (expression.axis or Integer(1),), axes), ATOM
        if isinstance(expression, Lookup):
            places = ", ".join(self.show(place, axes) for place in expression.places)
            along = f", along={expression.table.along}" if expression.table.along else ""
            return f"{self.table(expression.table)}, points, {places}{along})", ATOM
        if isinstance(expression, Entry):
            return self._entry(f"{self.vectors[expression.name]}.to(points)", expression.axes, axes), ATOM
        if isinstance(expression, Delta):
            return self._delta(expression, axes), ATOM
        if isinstance(expression, Extreme):
            body, limit = expression.opened()
            return f"{self._in(body, (*axes, limit), ATOM)}.a{expression.kind}(-1)", ATOM
        if isinstance(expression, Contraction):
            return self._contraction(expression, axes), ATOM
        if isinstance(expression, Symbol):
            return self._index(expression, axes), ATOM
        if isinstance(expression, Add):
            return self._add(expression, axes), ADD
        if isinstance(expression, Mul):
            return self._mul(expression, axes)
        if isinstance(expression, Pow):
            return self._pow(expression, axes)
        if isinstance(expression, (Max, Min)):
            return self._extreme(expression, axes), ATOM
        if isinstance(expression, Where):
            return self._where(expression, axes)
        if isinstance(expression, sympy.Heaviside):
            argument = self._in(expression.args[0], axes, POWER)
            return f"({argument} > 0).to(points.dtype)", ATOM
        if expression.func in FUNCTIONS:
            arguments = ", ".join(self.show(argument, axes) for argument in expression.args)
            return f"{FUNCTIONS[expression.func]}({arguments})", ATOM
        raise UnprintableError(f"`{expression.func.__name__}`")

    # --- numbers

    def _constant(self, expression: Expr) -> tuple[str, int]:
        """A number or an expression of named constants: Python arithmetic on floats, functions of them folded."""
        if isinstance(expression, Symbol):
            return self.symbols[expression], ATOM
        if isinstance(expression, Integer):
            # torch takes no longer ones
            text = str(expression) if abs(expression) < 2**63 else _decimal(expression)
            return text, ATOM if expression >= 0 else UNARY
        if isinstance(expression, (Rational, Float)):
            text = _decimal(expression)
            if Rational(text) == expression or isinstance(expression, Float):
                return text, ATOM if expression >= 0 else UNARY
            return f"{expression.p} / {expression.q}", MUL
        if expression == S.Pi:
            return "torch.pi", ATOM
        if isinstance(expression, Add):
            return self._add(expression, ()), ADD
        if isinstance(expression, Mul):
            return self._mul(expression, ())
        if isinstance(expression, Pow) and isinstance(expression.exp, Rational) and expression.exp > 0:
            base = self._in(expression.base, (), ATOM)
            return f"{base} ** {self._in(expression.exp, (), ATOM)}", POWER
        if isinstance(expression, Pow) and isinstance(expression.exp, Rational):
            return f"1 / {self._in(1 / expression, (), POWER)}", MUL
        known = {symbol: Rational(str(number)) for symbol, number in self.numbers.items()}
        try:
            value = rebuilt(expression, known.get).evalf(17)
        except TooLargeError:
            raise UnprintableError("a number of so many digits") from None
        # a maximum counts as real, whatever stands in it
        if not value.is_real or not isinstance(value, (Float, Rational)) or not math.isfinite(float(value)):
            raise UnprintableError(f"the number {expression}, which is not finite and real,")
        return repr(float(value)), ATOM if value >= 0 else UNARY

    # --- leaves

    def _entry(self, text: str, own: Iterable[Axis], axes: Axes) -> str:
        """`text`, a tensor with the axes `own`, made to broadcast over `axes`."""
        counts = dict(axes)
        selected, symbols = [], []
        for axis in own:
            symbol, offset = split_axis(axis)
            if symbol is None:
                selected.append(str(offset - 1))
                continue
            symbols.append(symbol)
            count = counts[symbol]
            whole = offset == 0 and count == DIM
            start = "" if offset == 0 else str(offset)
            selected.append(":" if whole else f"{start}:{self._end(count, offset)}")
        if any(part != ":" for part in selected):
            text = f"{text}[..., {', '.join(selected)}]"
        wanted = [symbol for symbol, _ in axes if symbol in symbols]
        if wanted != symbols:
            text = _rearranged(text, symbols, wanted)
        if len(wanted) < len(axes):
            present = [":" if symbol in wanted else "None" for symbol, _ in axes]
            text = f"{text}[..., {', '.join(present)}]"
        return text

    def _end(self, count: Expr, offset: int) -> str:
        end = count + offset
        return "" if end == DIM else self.show(end)

    def _index(self, index: Symbol, axes: Axes) -> str:
        """The number of an entry, where it takes part in arithmetic."""
        counts = dict(axes)
        if index not in counts:
            return self.symbols[index]
        last = self.show(counts[index] + 1)
        text = f"torch.arange(1, {last}, device=points.device, dtype=points.dtype)"
        return self._entry_of_vector(text, index, axes)

    def _entry_of_vector(self, text: str, index: Basic, axes: Axes) -> str:
        present = [":" if symbol == index else "None" for symbol, _ in axes]
        return text if len(axes) == 1 else f"{text}[{', '.join(present)}]"

    def _delta(self, delta: Delta, axes: Axes) -> str:
        left, right = delta.args
        symbols = [symbol for symbol, _ in axes]
        if left in symbols and right in symbols and dict(axes)[left] == dict(axes)[right]:
            size = self.show(dict(axes)[left])
            present = [":" if symbol in (left, right) else "None" for symbol in symbols]
            subscript = "" if len(axes) == 2 else f"[{', '.join(present)}]"
            return f"torch.eye({size}, device=points.device, dtype=points.dtype){subscript}"
        number, index = (left, right) if left.is_Integer else (right, left)
        if number.is_Integer and index in symbols:
            size = self.show(dict(axes)[index])
            text = f"(torch.arange({size}, device=points.device) == {int(number) - 1}).to(points.dtype)"
            return self._entry_of_vector(text, index, axes)
        return f"({self.condition(Equal(left, right), axes)}).to(points.dtype)"

    # --- pieces

    def _where(self, expression: Where, axes: Axes) -> tuple[str, int]:
        """A selection. What may be infinite in a piece is kept finite where the piece is not taken."""
        condition = expression.condition
        if not _varies(condition, axes):
            return self._text(expression.inside if self._known(condition) else expression.outside, axes)
        inside, outside = guarded(expression.inside, condition), guarded(expression.outside, Not(condition))
        texts = [self.show(inside, axes), self.show(outside, axes)]
        if not _varies(inside, axes) and not _varies(outside, axes):
            # torch would give two plain numbers its default dtype
            texts[0] = f"points.new_full((), {texts[0]})"
        return f"torch.where({self.condition(condition, axes)}, {texts[0]}, {texts[1]})", ATOM

    def condition(self, condition: Expr, axes: Axes) -> str:
        """The text of a boolean tensor."""
        if not _varies(condition, axes):
            return str(self._known(condition))
        if isinstance(condition, (AllOf, AnyOf)):
            sign = " & " if isinstance(condition, AllOf) else " | "
            return sign.join(f"({self.condition(part, axes)})" for part in condition.args)
        if isinstance(condition, Not):
            (inner,) = condition.args
            if not isinstance(inner, (Less, Equal)):
                return f"~({self.condition(inner, axes)})"
            sides = inner.args[::-1] if isinstance(inner, Less) else inner.args
            sign = " <= " if isinstance(inner, Less) else " != "
        else:
            sides, sign = condition.args, " < " if isinstance(condition, Less) else " == "
        return sign.join(self.show(side, axes) for side in sides)

    def _known(self, condition: Expr) -> bool:
        """Whether a condition on parameters holds."""
        numbers = {symbol: Rational(str(number)) for symbol, number in self.numbers.items()}
        return bool(condition.xreplace(numbers) == 1)

    # --- sums, products, powers

    def _contraction(self, contraction: Contraction, axes: Axes) -> str:
        # alone, a sum keeps its own index, by which parts of it are known that other sums have too
        body, limits = contraction.opened() if axes else (contraction.body, [(i, n) for i, n in contraction.limits])
        if self.drawn and not axes:
            text = self._drawn_contraction(body, limits)
            if text:
                return text
        if axes and len(limits) == 1:
            text = self._shifted(contraction, axes)
            if text:
                return text
        groups = _by_index(body, limits)
        if len(limits) > 1 and len(groups) > 1 and not axes:
            return self._einsum(groups)
        inner = (*axes, *limits)
        text = self._in(body, inner, ATOM)
        last = ", ".join(str(-k) for k in range(len(limits), 0, -1))
        return f"{text}.sum({last if len(limits) == 1 else f'({last})'})"

    def _shifted(self, contraction: Contraction, axes: Axes) -> str:
        """The vector Σ_i δ(a, i + s) f_i along the last axis a: the f_i in its entries from s + 1 on, and zeros, never
        a matrix over a and i. Empty where the sum is not of this kind."""
        (symbol, size), ((index, count),) = axes[-1], contraction.limits
        if index in dict(axes):
            return ""
        for delta in (factor for factor in Mul.make_args(contraction.body) if isinstance(factor, Delta)):
            steps = dict(map(split_axis, delta.args))
            if set(steps) != {symbol, index}:
                continue
            rest, before = contraction.body / delta, steps[index] - steps[symbol]
            after = size - count - before
            if symbol in rest.free_symbols or not _varies(rest, axes) or before < 0 or not after.is_nonnegative:
                continue
            entries = self.show(rest, (*axes[:-1], (index, count)))
            return f"torch.nn.functional.pad({entries}, ({before}, {self.show(after)}))"
        return ""

    def _einsum(self, groups: list[tuple[Axes, Expr]]) -> str:
        """Σ_ij A_ij z_i z_j factor by factor, so that nothing has an axis for the draws and one for every index."""
        indices = dict.fromkeys(index for own, _ in groups for index, _ in own)
        letters = dict(zip(indices, ascii_lowercase))
        patterns = ",".join("..." + "".join(letters[index] for index, _ in own) for own, _ in groups)
        return f'torch.einsum("{patterns}->...", {", ".join(self.show(factor, own) for own, factor in groups)})'

    def _drawn_contraction(self, body: Expr, limits: list[tuple[Basic, Expr]]) -> str:
        """Σ over products of random entries (M, n) and coordinates (B, n): one matrix product, never (M, B, n)."""
        random = [f for f in Mul.make_args(body) if f.atoms(Noise)]
        fixed = [f for f in Mul.make_args(body) if not f.atoms(Noise)]
        if len(limits) != 1 or any(f.atoms(Coordinate) for f in random) or not random:
            return ""
        alone = Printer(
            self.symbols, self.numbers, self.vectors, self.coordinate, self.normal, self.noise, self.number, self.table
        )
        axes = tuple(limits)
        if not fixed:
            return f"{alone._in(Mul(*random), axes, ATOM)}.sum(-1)[:, None]"
        return f"({alone._in(Mul(*random), axes, MUL)} @ {alone._in(Mul(*fixed), axes, ATOM)}.mT)"

    def _add(self, expression: Expr, axes: Axes) -> str:
        terms = sorted(expression.args, key=lambda term: (_negative(term), default_sort_key(term)))
        text = self._in(terms[0], axes, ADD)
        for term in terms[1:]:
            sign, term = ("-", -term) if _negative(term) else ("+", term)
            text += f" {sign} {self._in(term, axes, MUL)}"
        return text

    def _mul(self, expression: Expr, axes: Axes) -> tuple[str, int]:
        coefficient, rest = expression.as_coeff_Mul()
        if coefficient < 0:
            text, precedence = self._text(-expression, axes)
            return (f"-{text}" if precedence >= MUL else f"-({text})"), MUL
        above, below = [], []
        for factor in Mul.make_args(rest):
            base, exponent = factor.as_base_exp()
            if isinstance(exponent, Rational) and exponent < 0:
                below.append(Pow(base, -exponent))
            else:
                above.append(factor)
        if isinstance(coefficient, Rational) and Rational(_decimal(coefficient)) != coefficient:
            above[:0], below[:0] = [Integer(coefficient.p)] * (coefficient.p != 1), [Integer(coefficient.q)]
        elif coefficient.is_Rational and coefficient.p == 1 and coefficient.q not in (1, 2):
            below.insert(0, Integer(coefficient.q))
        elif coefficient != 1:
            above.insert(0, coefficient)
        above.sort(key=self._weight)
        below.sort(key=self._weight)
        text = " * ".join(self._in(factor, axes, UNARY) for factor in above) or "1"
        if len(below) == 1:
            text += f" / {self._in(below[0], axes, POWER)}"
        elif below:
            text += f" / ({' * '.join(self._in(factor, axes, UNARY) for factor in below)})"
        return text, MUL

    def _weight(self, factor: Expr) -> tuple[int, object]:
        """Numbers first, then constants, then tensors: fewer operations on tensors, and the order one would write."""
        return (0 if factor.is_number else 1 if not factor.has(Leaf) else 2), default_sort_key(factor)

    def _pow(self, expression: Expr, axes: Axes) -> tuple[str, int]:
        base, exponent = expression.args
        if exponent.is_Rational and exponent < 0:
            return f"1 / {self._in(Pow(base, -exponent), axes, POWER)}", MUL
        if exponent == S.Half:
            return f"torch.sqrt({self.show(base, axes)})", ATOM
        if exponent == 2 and _varies(base, axes):
            return f"{self._in(base, axes, ATOM)}.square()", ATOM
        if exponent.is_Rational or _varies(base, axes):
            return f"{self._in(base, axes, ATOM)} ** {self._in(exponent, axes, ATOM)}", POWER
        # a constant raised to a tensor
        return f"torch.exp({self.factor(exponent, axes)} * {self._constant(sympy.log(base))[0]})", ATOM

    def _extreme(self, expression: Expr, axes: Axes) -> str:
        name, bound = ("maximum", "min") if isinstance(expression, Max) else ("minimum", "max")
        numbers = [a for a in expression.args if not _varies(a, axes)]
        tensors = sorted((a for a in expression.args if _varies(a, axes)), key=default_sort_key)
        texts = [self.show(tensor, axes) for tensor in tensors]
        while len(texts) > 1:  # in pairs, and pairs of pairs: Python takes no more than 200 brackets in one another
            pairs = [f"torch.{name}({', '.join(texts[k : k + 2])})" for k in range(0, len(texts) - 1, 2)]
            texts = [*pairs, *texts[2 * len(pairs) :]]
        (text,) = texts
        for number in numbers:
            text = f"torch.clamp({text}, {bound}={self.show(number)})"
        return text


def _by_index(product: Expr, limits: list[tuple[Basic, Expr]]) -> list[tuple[Axes, Expr]]:
    """The factors of a product, those with the same indices together; those with the most indices first."""
    groups: dict[Axes, Expr] = {}
    for factor in sorted(Mul.make_args(product), key=default_sort_key):
        own = tuple(limit for limit in limits if limit[0] in factor.free_symbols)
        groups[own] = groups.get(own, S.One) * factor
    return sorted(groups.items(), key=lambda group: (-len(group[0]), [limits.index(limit) for limit in group[0]]))


def _rearranged(text: str, symbols: list[Basic], wanted: list[Basic]) -> str:
    """A tensor with the trailing axes `symbols`, some of them perhaps equal, as one with the axes `wanted`."""
    if len(symbols) == 2:
        return f"{text}.mT" if len(wanted) == 2 else f"{text}.diagonal(dim1=-2, dim2=-1)"
    letters = dict(zip(dict.fromkeys(symbols), "ijklmn"))
    pattern = f"...{''.join(letters[s] for s in symbols)}->...{''.join(letters[s] for s in wanted)}"
    return f'torch.einsum("{pattern}", {text})'


def _varies(expression: Expr, axes: Axes) -> bool:
    """Whether an expression is a tensor: it holds leaves, or the number of an index."""
    return expression.has(Leaf) or any(index in expression.free_symbols for index, _ in axes)


def _decimal(number: Expr) -> str:
    """The text of a number as Python reads it, to 17 digits."""
    try:
        value = float(number)
    except OverflowError:  # of whole numbers; others are infinite then
        value = math.inf
    if not math.isfinite(value):
        raise UnprintableError("a number that is too large for floating point")
    return repr(value)


def _negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)
