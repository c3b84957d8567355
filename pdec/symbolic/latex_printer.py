"""Expressions as LaTeX, written as in a paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from sympy import Basic, Expr, Mul, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

from pdec.problem import Problem
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Axis,
    Coordinate,
    Delta,
    Entry,
    Expectation,
    Lookup,
    Measured,
    Noise,
    Normal,
    Partial,
    slot,
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
from pdec.symbolic.show import show
from pdec.symbolic.sums import Contraction, Extreme
from pdec.symbolic.truth import AllOf, AnyOf, Equal, Less, Not, Where

INDICES = "ijklm"
GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"),
    *("xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"),
}
ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


# --- names


def words(text: str) -> str:
    r"""Words in a formula: \text{…}."""
    escaped = "".join(ESCAPES.get(c, f"\\{c}" if c in "#$%&_{}" else c) for c in text)
    return f"\\text{{{escaped}}}"


def name(text: str, bold: bool = False) -> str:
    r"""A name: `mu` and `μ` are \mu, `sigma_1` and `sigma1` \sigma_{1}, `rate` is upright; a vector is `bold`."""
    base, _, index = text.partition("_")
    if not index:
        base = text.rstrip("0123456789")
        index = text[len(base) :]
    letter = _word(base)
    if bold:
        letter = f"\\boldsymbol{{{letter}}}" if letter.startswith("\\") else f"\\mathbf{{{base}}}"
    return f"{letter}_{{{index if index.isdigit() else _word(index)}}}" if index else letter


def _word(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    if len(text) == 1:
        return _letter(text)
    letters = "".join(_letter(c) if c.isascii() else f"{{{_letter(c)}}}" for c in text)
    return f"\\mathrm{{{letters}}}"


def _letter(letter: str) -> str:
    """A Greek letter as its command; others as they are."""
    if letter == "_":
        return r"\_"
    parts = unicodedata.name(letter, "").split()
    if len(parts) == 4 and parts[0] == "GREEK":
        word = parts[3].lower().replace("lamda", "lambda")
        word = word.capitalize() if parts[1] == "CAPITAL" else word
        if word in GREEK:
            return f"\\{word}"
    return letter


def joined(parts: Iterable[str]) -> str:
    r"""`x`, `x` is xx, `\theta`, `x` is \theta x."""
    text = ""
    for part in parts:
        text += " " * (bool(re.search(r"\\[A-Za-z]+$", text)) and part[:1].isalpha()) + part
    return text


# --- expressions


class Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's LaTeX, with the leaves and the named sums of `pdec.symbolic`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__({"order": "none", "inv_trig_style": "full"})
        self.problem = problem
        self.coordinates = problem.coordinates
        self.scalars = frozenset(unknown.name for unknown in problem.unknowns if unknown.scalar)

    def emptyPrinter(self, expression: Basic) -> str:
        return words(show(expression, self.coordinates, self.scalars))

    # --- names

    def _print_Symbol(self, symbol: Expr, style: str = "plain") -> str:
        text = str(symbol.name)
        if symbol == DIM:
            return name(self.problem.dim_name) if self.problem.dim_name else str(self.problem.dim)
        if text.startswith("_i"):
            return INDICES[(int(text[2:]) - 1) % 5]
        return name(text)

    def _print_Dummy(self, symbol: Expr) -> str:
        return self._print_Symbol(symbol)

    def axis(self, axis: Axis) -> str:
        """The coordinate along an axis."""
        if axis == TIME:
            return name(self.coordinates.time or "t")
        if not self.coordinates.vector and axis.is_Integer:
            return name(self.coordinates.names[int(axis) - 1])
        vector = name(self.coordinates.names[0])
        return vector if _is_slot(axis) else f"{vector}_{{{self._print(axis)}}}"

    # --- leaves

    def _print_Coordinate(self, leaf: Coordinate) -> str:
        return self.axis(leaf.axis)

    def _print_Normal(self, leaf: Normal) -> str:
        return "n" if _is_slot(leaf.axis) else f"n_{{{self._print(leaf.axis)}}}"

    def _print_Entry(self, leaf: Entry | Noise) -> str:
        axes = leaf.args[1:]
        if any(map(_is_slot, axes)):
            return name(leaf.name)
        return f"{name(leaf.name)}_{{{joined(map(self._print, axes))}}}"

    def _print_Noise(self, leaf: Noise) -> str:
        return self._print_Entry(leaf)

    def _print_Coefficient(self, leaf: Any) -> str:
        return name(leaf.name)

    def _print_Lookup(self, lookup: Lookup, exp: str | None = None) -> str:
        table = lookup.table
        symbol = name(table.name)
        if table.along:
            symbol = f"\\partial_{{{name(table.parameters[table.along - 1])}}} {symbol}"
        if exp is not None:
            symbol = f"\\left({symbol}\\right)^{{{exp}}}" if table.along else f"{symbol}^{{{exp}}}"
        return f"{symbol}\\left({', '.join(map(self._print, lookup.places))}\\right)"

    def _print_Measured(self, leaf: Measured) -> str:
        entry = f"_{{{self._print(leaf.axis)}}}" if leaf.axis != 0 and not _is_slot(leaf.axis) else ""
        return words("measured") + entry

    def _print_Delta(self, leaf: Delta) -> str:
        for one, other in (leaf.args, leaf.args[::-1]):
            if _is_slot(one):
                return f"\\mathbf{{e}}_{{{self._print(other)}}}"
        return f"\\delta_{{{self._print(leaf.args[0])} {self._print(leaf.args[1])}}}"

    def _print_Partial(self, partial: Partial) -> str:
        pair = partial.name in self.problem.pairs
        if pair and partial.component.is_Integer:
            part = ("Re", "Im")[int(partial.component) - 1]
            return f"\\operatorname{{{part}}}({self._print_Partial(Partial(partial.args[0], slot(0), *partial.axes))})"
        free = [axis for axis in partial.axes if _is_slot(axis)]
        rest = [axis for axis in partial.axes if axis not in free]
        operator = ("", r"\nabla ", "D^{2} ")[len(free)] if len(free) < 3 else f"D^{{{len(free)}}} "
        scalar = partial.name in self.scalars or pair
        whole = scalar or _is_slot(partial.component)
        base = name(partial.name, bold=not scalar)
        if not whole:
            base = f"{name(partial.name)}_{{{self._print(partial.component)}}}"
        if not rest:
            return operator + base
        if whole and not any(axis.free_symbols for axis in rest) and "_" not in base:
            return f"{operator}{base}_{{{joined(map(self.axis, rest))}}}"
        return operator + self._partials(rest) + base

    def _partials(self, axes: Iterable[Axis]) -> str:
        parts = ""
        for axis, run in groupby(axes):
            times = len(list(run))
            parts += f"\\partial_{{{self.axis(axis)}}}{f'^{{{times}}}' if times > 1 else ''} "
        return parts

    def _print_Extreme(self, leaf: Extreme) -> str:
        operator = r"\max" if leaf.kind == "max" else r"\min"
        return f"{operator}_{{{self._print(leaf.args[2])}}} {self.parenthesize(leaf.args[1], PRECEDENCE['Mul'])}"

    def _print_Expectation(self, leaf: Expectation) -> str:
        law = f"{name(leaf.name)} \\sim \\mathcal{{N}}(0, I_{{{self._print(leaf.size)}}})"
        return f"\\mathbb{{E}}_{{{law}}}\\left[{self._print(leaf.body)}\\right]"

    # --- what is not local

    def _print_At(self, leaf: At) -> str:
        given = arguments_of(leaf, self.coordinates)
        texts = (f"{self.axis(axis)} = {self._print(e)}" if axis is not None else self._print(e) for axis, e in given)
        what = self._print(leaf.what)
        return f"{what if isinstance(leaf.what, Partial) else f'({what})'}({', '.join(texts)})"

    def _print_Integral(self, leaf: Integral) -> str:
        body = self.parenthesize(put(leaf.body, leaf.name, Symbol(leaf.name)), PRECEDENCE["Mul"], strict=True)
        limits = f"_{{{self._print(leaf.lower)}}}^{{{self._print(leaf.upper)}}}"
        return f"\\int{limits} {body} \\, d{name(leaf.name)}"

    def _print_Mean(self, leaf: Mean) -> str:
        local, variable = unmoved(leaf), name(leaf.name)
        if local is not None:
            variable = r" \, d".join(map(name, self.coordinates.names))
        else:
            local = leaf.body if self.coordinates.vector else put(leaf.body, leaf.name, Symbol(leaf.name))
        body = self.parenthesize(local, PRECEDENCE["Mul"], strict=True)
        return f"\\frac{{1}}{{|\\Omega|}} \\int_{{\\Omega}} {body} \\, d{variable}"

    # --- pieces

    def _print_Where(self, expression: Where, exp: str | None = None) -> str:
        rows: list[str] = []
        rest: Expr = expression
        while isinstance(rest, Where):
            rows.append(f"{self._print(rest.inside)} & \\text{{if }} {self._print(rest.condition)}")
            rest = rest.outside
        rows.append(f"{self._print(rest)} & \\text{{otherwise}}")
        body = r" \\ ".join(rows)
        text = f"\\begin{{cases}} {body} \\end{{cases}}"
        return f"\\left({text}\\right)^{{{exp}}}" if exp else text

    def _relation(self, condition: Expr, sign: str) -> str:
        left, right = map(self._print, condition.args)
        return f"{left} {sign} {right}"

    def _print_Less(self, condition: Less, exp: None = None) -> str:
        return self._relation(condition, "<")

    def _print_Equal(self, condition: Equal, exp: None = None) -> str:
        return self._relation(condition, "=")

    def _print_Not(self, condition: Not, exp: None = None) -> str:
        (inner,) = condition.args
        if isinstance(inner, (Less, Equal)):
            return self._relation(inner, r"\ge" if isinstance(inner, Less) else r"\ne")
        return f"\\neg \\left({self._print(inner)}\\right)"

    def _print_AllOf(self, condition: AllOf, exp: None = None) -> str:
        parts = [self._print(part) for part in condition.args]
        return r" \wedge ".join(
            f"\\left({text}\\right)" if isinstance(part, AnyOf) else text for part, text in zip(condition.args, parts)
        )

    def _print_AnyOf(self, condition: AnyOf, exp: None = None) -> str:
        return r" \vee ".join(map(self._print, condition.args))

    # --- sums

    def _print_Contraction(self, contraction: Contraction) -> str:
        match named(contraction, self.coordinates):
            case Laplacian(of, times):
                return f"\\Delta{f'^{{{times}}}' if times > 1 else ''} {self._print(of)}"
            case Divergence(field):
                return f"\\nabla \\cdot {name(field, bold=True)}"
            case Square(vector):
                return f"{self._norm(vector)}^{{2}}"
            case Dot(left, right):
                return f"{self._vector(left)} \\cdot {self._vector(right)}"
            case AlongNormal(of):
                return f"\\partial_{{n}} {self._print(of)}"
            case Advection(velocity, of):
                return f"({name(velocity, bold=True)} \\cdot \\nabla) {self._print(of)}"
            case SecondOrder(matrix, of):
                return f"{name(matrix.name)} : D^{{2}} {self._print(of)}"
        sums = ""
        for count, run in groupby(reversed(contraction.limits), key=lambda limit: limit[1]):
            indices = ", ".join(sorted(self._print(index) for index, _ in run))
            sums += f"\\sum_{{{indices}=1}}^{{{self._print(count)}}} "
        return sums + self.parenthesize(contraction.body, PRECEDENCE["Mul"], strict=True)

    def _vector(self, vector: Vector) -> str:
        match vector:
            case Gradient(of):
                return f"\\nabla {self._print(of)}"
            case Field(field):
                return name(field, bold=True)
            case Array(array):
                return name(array)
        names = self.coordinates.names
        return name(names[0]) if self.coordinates.vector else f"({', '.join(map(name, names))})"

    def _norm(self, vector: Vector) -> str:
        return f"|{self._vector(vector)}|"

    # --- arithmetic

    def _print_Pow(self, expression: Expr) -> str:
        base, exponent = expression.args
        called = named(base, self.coordinates) if isinstance(base, Contraction) else None
        if isinstance(called, Square) and not (exponent.is_Rational and exponent.is_negative):
            power = 2 * exponent  # a power of |v|^2 is a power of |v|: of sqrt(|v|^2) the norm itself
            return self._norm(called.vector) + (f"^{{{self._print(power)}}}" if power != 1 else "")
        return str(super()._print_Pow(expression))

    def _print_Max(self, expression: Expr, exp: str | None = None) -> str:
        return self._extreme(r"\max", expression, exp)

    def _print_Min(self, expression: Expr, exp: str | None = None) -> str:
        return self._extreme(r"\min", expression, exp)

    def _extreme(self, kind: str, expression: Expr, exp: str | None) -> str:
        text = f"{kind}\\left({', '.join(map(self._print, expression.args))}\\right)"
        return f"{text}^{{{exp}}}" if exp else text

    def _print_Add(self, expression: Expr, order: str | None = None) -> str:
        """What is positive first, a number behind what is not: N - 2, i + 1, 1 - |x|^2."""
        return add(self, sorted(expression.args, key=lambda term: (_negative(term), term.is_number)))

    def _print_Mul(self, expression: Expr) -> str:
        """Sums and operators last, so that it is seen how far they reach."""
        last = [factor for factor in expression.args if self._open_ended(factor)]
        rest = Mul(*(factor for factor in expression.args if factor not in last))
        if not last or expression.args[0] == 1:
            return str(super()._print_Mul(expression))
        texts = [f"\\left({self._print(factor)}\\right)" for factor in last[:-1]] + [self._print(last[-1])]
        if rest == -1:
            texts.insert(0, "-")
        elif rest != 1:
            texts.insert(0, self.parenthesize(rest, PRECEDENCE["Mul"], strict=True))
        return " ".join(texts)

    def parenthesize(self, item: Expr, level: int, is_neg: bool = False, strict: bool = False) -> str:
        if level >= PRECEDENCE["Pow"] and self._open_ended(item):
            return f"\\left({self._print(item)}\\right)"
        return str(super().parenthesize(item, level, is_neg=is_neg, strict=strict))

    def _open_ended(self, expression: Expr) -> bool:
        """Whether what follows it in a product could be taken for a part of it: a sum, or an operator."""
        if isinstance(expression, Contraction):
            return not isinstance(named(expression, self.coordinates), Square)
        if isinstance(expression, Partial):
            return bool(expression.axes) and (
                any(axis.free_symbols for axis in expression.axes) or expression.name not in self.scalars
            )
        return isinstance(expression, (Extreme, Integral, Mean))


def add(printer: Printer, terms: Iterable[Expr]) -> str:
    """The sum of terms, in their order."""
    text = ""
    for term in terms:
        negative = _negative(term)
        part = printer.doprint(-term if negative else term)
        part = f"\\left({part}\\right)" if term.is_Add else part
        text += (f" {'-' if negative else '+'} " if text else "-" * negative) + part
    return text or "0"


def _negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _is_slot(axis: Basic) -> bool:
    """Whether this is the free index of a vector or matrix."""
    return str(axis).startswith("_s")


def latex(expression: Expr, problem: Problem) -> str:
    """An expression of the problem."""
    return str(Printer(problem).doprint(expression))
