"""Where a number of an entry stands: `x[i+1]`, `C[1, 2]`, the coordinates of `d(u, x[i])`, the ends of a sum."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sympy import Expr, Integer

from pdec.diagnostics import Span, nearest
from pdec.language import tree
from pdec.symbolic.atoms import TIME, Axis
from pdec.symbolic.operators import count, describe
from pdec.symbolic.scope import CoordinateName, IndexName, NumberName, Scope, names_of

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator

MAX_RANGE = 10_000_000


def index_of(elaborator: Elaborator, node: tree.Expression, size: int, scope: Scope) -> Axis | None:
    """An index: a whole number, or a summation index plus or minus one; it must stay within 1 … size."""
    match node:
        case tree.Number(text) if text.isdigit():
            return in_range(elaborator, int(text), node.span, size)
        case tree.Name(id) if isinstance(entity := scope.names.get(id), NumberName):
            if entity.symbol == count("N"):
                return in_range(elaborator, elaborator.findings.dim, node.span, size)
            return elaborator.report(node.span, "E105", f"`{id}` is a parameter, not an index")
        case tree.Name():
            shift, name = 0, node
        case tree.Binary("+" | "-" as sign, tree.Name() as name, tree.Number(text)) if text.isdigit():
            shift = int(text) if sign == "+" else -int(text)
        case _:
            message = "an index is a whole number, or an index plus or minus a whole number"
            return elaborator.report(node.span, "E105", message)
    index = scope.names.get(name.id)
    if not isinstance(index, IndexName):
        hint = f"`sum({name.id}, …)` or `let c[{name.id}] = …` would declare it"
        return elaborator.report(name.span, "E105", f"`{name.id}` is not an index here", hint)
    low, high = index.lower + shift, index.upper + shift
    if low < 1 or high > size:
        ends = f"{max(1, 1 - shift)}..{_end(size - max(shift, 0), elaborator)}"
        message = f"the index runs over {low} to {high}, but entries are numbered 1 to {size}"
        return elaborator.report(node.span, "E105", message, f"limit the sum: sum({name.id} in {ends}, …)")
    return index.symbol + shift


def _end(number: int, elaborator: Elaborator) -> str:
    """`number` as the end of a range that goes with the dimension."""
    short = elaborator.findings.dim - number
    name = elaborator.findings.dim_name
    return str(number) if name is None or not 0 <= short <= 3 else f"{name}-{short}" if short else name


def in_range(elaborator: Elaborator, number: int, span: Span, size: int | None = None) -> Axis | None:
    """The axis with a number, which must be one of 1 … size."""
    size = elaborator.findings.dim if size is None else size
    if not 1 <= number <= size:
        numbered = f"entries are numbered 1 to {size}" if size > 1 else "there is only entry 1"
        return elaborator.report(span, "E105", f"there is no entry {number}: {numbered}")
    return Integer(number)


def axis_of(elaborator: Elaborator, node: tree.Expression, scope: Scope) -> list[Axis] | None:
    """Coordinates to differentiate along: `t`, `x`, `x[2]`, `x[i]`; `xx` and `x1x2` are several at once."""
    name = node.base if isinstance(node, tree.Subscript) else node
    entity = scope.names.get(name.id) if isinstance(name, tree.Name) else None
    coordinates = list(names_of(scope, CoordinateName))
    if not isinstance(name, tree.Name):
        hint = f"the coordinates are {', '.join(coordinates)}"
        return elaborator.report(node.span, "E106", "derivatives are taken along coordinates", hint)
    if not isinstance(entity, CoordinateName):
        if entity is None and node is name and coordinates_in(name.id, scope):
            return sequence(elaborator, name.id, name.span, scope)
        hint = nearest(name.id, coordinates) or f"the coordinates are {', '.join(coordinates)}"
        if name.id == "n" and entity is None:
            hint = "the derivative along the outward normal stands in boundary conditions"
        message = f"derivatives are taken along coordinates, and `{name.id}` is none"
        return elaborator.report(node.span, "E106", message, hint)
    elaborator.findings.used.add(name.id)
    if isinstance(node, tree.Subscript):
        if entity.axis != 0 or len(node.indices) != 1:
            what = "a vector: it takes one index" if entity.axis == 0 else "a single coordinate: it takes no index"
            return elaborator.report(node.span, "E105", f"`{name.id}` is {what}")
        axis = index_of(elaborator, node.indices[0], elaborator.findings.dim, scope)
        return None if axis is None else [axis]
    if entity.axis == 0:
        hint = f"write {name.id}[1], or grad(…), div(…), lap(…) for all of them"
        return elaborator.report(node.span, "E106", f"`{name.id}` is a vector: say along which entry", hint)
    return [TIME if entity.axis < 0 else Integer(entity.axis)]


def coordinates_in(suffix: str, scope: Scope) -> list[str]:
    """`x1x2`, `xx`, `xt` as coordinates in a row; empty where it is not made of coordinates."""
    coordinates = {name: e for name, e in scope.names.items() if isinstance(e, CoordinateName)}
    vectors = [re.escape(name) + r"[0-9]+" for name, e in coordinates.items() if e.axis == 0]
    scalars = [re.escape(name) for name, e in coordinates.items() if e.axis != 0]
    pattern = "|".join(sorted(vectors + scalars, key=len, reverse=True))
    return re.findall(pattern, suffix) if pattern and re.fullmatch(f"(?:{pattern})+", suffix) else []


def sequence(elaborator: Elaborator, suffix: str, span: Span, scope: Scope) -> list[Axis] | None:
    """The axes of coordinates in a row, each of which must exist."""
    axes: list[Axis] = []
    for text in coordinates_in(suffix, scope):
        entity = scope.names.get(text)
        if isinstance(entity, CoordinateName):
            elaborator.findings.used.add(text)
            axes.append(TIME if entity.axis < 0 else Integer(entity.axis))
            continue
        name = text.rstrip("0123456789")
        elaborator.findings.used.add(name)
        axis = in_range(elaborator, int(text[len(name) :]), span)
        if axis is None:
            return None
        axes.append(axis)
    return axes


def end_of_range(elaborator: Elaborator, node: tree.Expression, scope: Scope) -> tuple[int, Expr] | None:
    """An end of a range: its number in this dimension, and its expression, a number or N plus a number."""
    typed = elaborator.check(node, scope)
    if typed is None:
        return None
    if typed.shape:
        return elaborator.report(node.span, "E104", f"the end of a range is a number, not {describe(typed.shape)}")
    elaborator.findings.raise_errors()
    value = typed.build()
    rest = value - count("N") if value.has(count("N")) else value
    if not rest.is_Integer or abs(rest) > MAX_RANGE:
        message = "the end of a range is a whole number, or the dimension plus or minus one"
        return elaborator.report(node.span, "E105", message, "write a number, N or N-1")
    return int(value.xreplace({count("N"): Integer(elaborator.findings.dim)})), value
