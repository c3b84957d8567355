"""Vectors and matrices by their entries or by name: brackets, `eye`, `equicorr`, `linspace`, `det`, `inv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Expr, Integer, S

from pdec.language import tree
from pdec.symbolic.atoms import Delta, at, slot
from pdec.symbolic.finite import value_of
from pdec.symbolic.indices import end_of_range
from pdec.symbolic.operators import Shape, Size, count, describe, stacked
from pdec.symbolic.scope import Scope, Typed
from pdec.symbolic.truth import Equal, Where

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator

EXAMPLES = {"eye": "eye()", "equicorr": "equicorr(0.3)", "linspace": "linspace(0, 1)"}
KINDS = {"eye": "matrix", "equicorr": "matrix", "linspace": "vector"}


def bracket(elaborator: Elaborator, node: tree.Bracket, scope: Scope) -> Typed | None:
    """`[a, b]`, a vector by its entries, or `[[a, b], [c, d]]`, a matrix by its rows."""
    rows = [entry for entry in node.entries if isinstance(entry, tree.Bracket)]
    if not rows:
        return _vector(elaborator, node, scope)
    for entry in node.entries:
        if not isinstance(entry, tree.Bracket):
            return elaborator.report(entry.span, "E104", "an entry stands among rows", "write [[1, 2], [3, 4]]")
        if len(entry.entries) != len(rows[0].entries):
            message = f"the rows have different lengths: {len(rows[0].entries)} and {len(entry.entries)}"
            return elaborator.report(entry.span, "E104", message)
    found = [_vector(elaborator, row, scope) for row in rows]
    typed = [row for row in found if row is not None]
    if len(typed) < len(found):
        return None
    shape = (elaborator.findings.size(len(rows)), elaborator.findings.size(len(rows[0].entries)))
    return Typed(shape, lambda: stacked([at(row.build(), s0=slot(1)) for row in typed]))


def _vector(elaborator: Elaborator, node: tree.Bracket, scope: Scope) -> Typed | None:
    found = [elaborator.check(entry, scope) for entry in node.entries]
    typed = [entry for entry in found if entry is not None]
    if len(typed) < len(found):
        return None
    for entry, value in zip(node.entries, typed):
        if value.shape:
            return elaborator.report(entry.span, "E104", f"an entry is a scalar, not {describe(value.shape)}")
    return Typed((elaborator.findings.size(len(typed)),), lambda: stacked([value.build() for value in typed]))


def by_name(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`eye()`, `equicorr(rho)`, `linspace(a, b)`: their size is that of the parameter they stand for, or given last."""
    name = node.function.id
    takes = {"eye": 0, "equicorr": 1, "linspace": 2}[name]
    given = [argument for argument in node.arguments if not isinstance(argument, (tree.Keyword, tree.Binding))]
    if len(given) != len(node.arguments) or len(given) not in (takes, takes + 1):
        message = f"`{name}` takes {takes or 'no'} number{'s' * (takes != 1)}, and its size if that is not known"
        return elaborator.report(node.span, "E103", message, f"write {EXAMPLES[name]}")
    size = _size(elaborator, node, given[takes] if len(given) > takes else None, scope)
    found = [elaborator.check(argument, scope) for argument in given[:takes]]
    numbers = [number for number in found if number is not None]
    if size is None or len(numbers) < takes:
        return None
    for argument, number in zip(given, numbers):
        if number.shape:
            return elaborator.report(argument.span, "E104", f"`{name}` takes scalars, not {describe(number.shape)}")
    if name == "linspace":
        return Typed((size,), lambda: _linspace(numbers[0].build(), numbers[1].build(), size, elaborator))
    if name == "eye":
        return Typed((size, size), lambda: _identity(size))
    return Typed((size, size), lambda: _equicorrelated(elaborator, given[0], numbers[0].build(), size))


def _size(elaborator: Elaborator, node: tree.Call, given: tree.Expression | None, scope: Scope) -> Size | None:
    name, wanted = node.function.id, elaborator.findings.wanted
    if given is not None:
        found = end_of_range(elaborator, given, scope)
        if found is not None and found[0] < 1:
            return elaborator.report(given.span, "E202", f"a size is a whole number from 1 on, not {found[0]}")
        return found and elaborator.findings.size(found[0])
    if wanted is None:
        message = f"the size of `{name}` is not known here"
        last = EXAMPLES[name].replace("()", "(N)").replace(")", ", N)").replace("(N, N)", "(N)")
        hint = f"write {last}, or param a: {KINDS[name]}(N) = {EXAMPLES[name]}"
        return elaborator.report(node.span, "E104", message, hint)
    square = len(wanted) == 2 and wanted[0] == wanted[1]
    if not (square if KINDS[name] == "matrix" else len(wanted) == 1):
        kind = "a square matrix" if KINDS[name] == "matrix" else "a vector"
        return elaborator.report(node.span, "E104", f"`{name}` is {kind}, and this is to be {describe(wanted)}")
    return wanted[0]


def _identity(size: Size) -> Expr:
    if size == "N":
        return Delta(slot(0), slot(1))
    # a delta is resolved by sums over coordinates, and these entries are not numbered as those are
    return Where(Equal(slot(0), slot(1)), S.One, S.Zero)


def _equicorrelated(elaborator: Elaborator, node: tree.Expression, rho: Expr, size: Size) -> Expr:
    number = value_of(rho, elaborator.findings.constants)
    n = elaborator.findings.dim if size == "N" else int(size)
    lowest = -1 / max(n - 1, 1)
    if number is not None and not lowest <= number <= 1:
        message = f"{n} quantities cannot have the correlation {float(number):g}: it lies between {lowest:.3g} and 1"
        elaborator.stop(node.span, "E004", message)
    return rho + (1 - rho) * _identity(size)


def _linspace(first: Expr, last: Expr, size: Size, elaborator: Elaborator) -> Expr:
    if (elaborator.findings.dim if size == "N" else size) == 1:
        return first
    return first + (last - first) * (slot(0) - 1) / (count(size) - 1)


def small(elaborator: Elaborator, node: tree.Call, argument: Typed) -> Typed | None:
    """`det(A)` or `inv(A)` of a 2 × 2 or 3 × 3 matrix, by its entries."""
    name, shape = node.function.id, argument.shape
    n = elaborator.findings.dim if shape[:1] == ("N",) else shape[0] if shape else 0
    if len(shape) != 2 or shape[0] != shape[1] or n not in (2, 3):
        known = f", where N is {elaborator.findings.dim}" if "N" in shape else ""
        message = f"`{name}` takes a matrix of 2 × 2 or 3 × 3, not {describe(shape)}{known}"
        return elaborator.report(node.span, "E104", message)
    result: Shape = () if name == "det" else shape

    def build() -> Expr:
        a = [[at(argument.build(), s0=Integer(i), s1=Integer(j)) for j in range(1, n + 1)] for i in range(1, n + 1)]
        cofactors = [[_cofactor(a, i, j) for j in range(n)] for i in range(n)]
        determinant = sum((a[0][j] * cofactors[0][j] for j in range(n)), S.Zero)
        if name == "det":
            return determinant
        if determinant.is_zero or value_of(determinant, elaborator.findings.constants) == 0:
            elaborator.stop(node.span, "E004", "this matrix has no inverse: its determinant is zero")
        rows = [stacked([cofactors[j][i] for j in range(n)]).xreplace({slot(0): slot(1)}) for i in range(n)]
        return stacked([row / determinant for row in rows])

    return Typed(result, build)


def _cofactor(a: list[list[Expr]], i: int, j: int) -> Expr:
    rest = [[entry for q, entry in enumerate(row) if q != j] for p, row in enumerate(a) if p != i]
    minor = rest[0][0] if len(rest) == 1 else rest[0][0] * rest[1][1] - rest[0][1] * rest[1][0]
    return (-1) ** (i + j) * minor
