"""`where(condition, a, …, otherwise)`: conditions and pieces, checked and built."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sympy import Expr

from pdec.language import tree
from pdec.symbolic.complexes import is_complex
from pdec.symbolic.operators import count, describe
from pdec.symbolic.scope import IndexName, NumberName, Scope, Typed
from pdec.symbolic.truth import AllOf, AnyOf, Equal, Less, Not, pieces

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator

Condition: TypeAlias = Callable[[], Expr]
"""Builds the expression of a condition that was checked."""


def where(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`where(c1, a, c2, b, otherwise)`: a where c1 holds, else b where c2 holds, else `otherwise`."""
    arguments = node.arguments
    for argument in arguments:
        if isinstance(argument, (tree.Keyword, tree.Binding)):
            return elaborator.report(argument.span, "E103", "`where` takes conditions and values only")
    if len(arguments) < 3:
        message = "`where` takes a condition, its value, and the value everywhere else"
        return elaborator.report(node.span, "E103", message, "write where(x < 0.5, 1, 2)")
    if len(arguments) % 2 == 0:
        message = "`where` has no value for the points where none of its conditions holds"
        return elaborator.report(node.span, "E103", message, "add it at the end: where(x < 0.5, 1, x < 0.7, 2, 3)")
    conditions = [condition(elaborator, argument, scope) for argument in arguments[:-1:2]]
    nodes = [*arguments[1::2], arguments[-1]]
    values = [elaborator.check(argument, scope) for argument in nodes]
    if None in conditions or None in values:
        return None
    resolvable = [_compares_axes(elaborator, argument, scope) for argument in arguments[:-1:2]]
    typed = [value for value in values if value is not None]
    for argument, value in zip(nodes, typed):
        if value.shape != typed[0].shape:
            message = f"the pieces have different shapes: {describe(typed[0].shape)} and {describe(value.shape)}"
            return elaborator.report(argument.span, "E104", message, "all values of `where` must have the same shape")

    def build() -> Expr:
        result = typed[-1].build()
        for holds, value, axes in reversed(list(zip(conditions, typed[:-1], resolvable))):
            assert holds is not None
            result = pieces(holds(), value.build(), result, axes)
        return result

    return Typed(typed[0].shape, build)


def condition(elaborator: Elaborator, node: tree.Expression, scope: Scope) -> Condition | None:
    """A condition: comparisons joined by `and`, `or`, `not`; None where something is wrong, which has been noted."""
    with elaborator.findings.node(node.span):
        match node:
            case tree.Comparison():
                return _comparison(elaborator, node, scope)
            case tree.Not(operand):
                inner = condition(elaborator, operand, scope)
                return inner and (lambda: Not(inner()))
            case tree.Binary("and" | "or" as word):
                left, right = (condition(elaborator, part, scope) for part in (node.left, node.right))
                join = AllOf if word == "and" else AnyOf
                return left and right and (lambda: join(left(), right()))
            case _:
                message = "a condition is expected here, and this is a value"
                return elaborator.report(node.span, "E103", message, "write a comparison, such as x < 0.5")


def _comparison(elaborator: Elaborator, node: tree.Comparison, scope: Scope) -> Condition | None:
    sides = [elaborator.check(operand, scope) for operand in node.operands]
    for operand, side in zip(node.operands, sides):
        if side is not None and side.shape:
            message = f"a comparison takes scalars, not {describe(side.shape)}"
            return elaborator.report(operand.span, "E104", message, "compare an entry or the norm: x[1] < 0, |x| < 1")
    for k, operator in enumerate(node.operators):
        if operator in ("==", "!="):
            for operand in node.operands[k : k + 2]:
                if not _is_whole(operand, scope):
                    return _not_whole(elaborator, operator, operand)
    if None in sides:
        return None
    typed = [side for side in sides if side is not None]
    links = list(zip(node.operators, typed, typed[1:]))

    def build() -> Expr:
        for operand, side in zip(node.operands, typed):
            if is_complex(side.build()):
                hint = "compare re(h), im(h) or |h|"
                elaborator.stop(operand.span, "E104", "complex numbers are neither smaller nor larger", hint)
        return AllOf(*(_link(operator, left.build(), right.build()) for operator, left, right in links))

    return build


def _not_whole(elaborator: Elaborator, operator: str, node: tree.Expression) -> None:
    message = f"`{operator}` compares indices and whole numbers, and this is neither"
    hint = "a point hits a number with probability zero: compare by < or >, or say a place, `boundary u = 0 on x = 0`"
    if isinstance(node, tree.Number):
        hint = "indices are whole numbers, from 1 on"
    return elaborator.report(node.span, "E105", message, hint)


def _link(operator: str, left: Expr, right: Expr) -> Expr:
    """The condition for one sign of a chain; of `<=` the contrary is built, so that both sides of a seam match."""
    match operator:
        case "<":
            return Less(left, right)
        case ">":
            return Less(right, left)
        case "<=":
            return Not(Less(right, left))
        case ">=":
            return Not(Less(left, right))
        case "==":
            return Equal(left, right)
        case _:
            return Not(Equal(left, right))


def _compares_axes(elaborator: Elaborator, node: tree.Expression, scope: Scope) -> bool:
    """Whether a condition compares two indices that never leave the range of the space coordinates."""
    match node:
        case tree.Comparison(("==" | "!=",), (tree.Name(left), tree.Name(right))):
            entities = (scope.names.get(name) for name in (left, right))
            return all(isinstance(e, IndexName) and e.upper <= elaborator.findings.dim for e in entities)
        case _:
            return False


def _is_whole(node: tree.Expression, scope: Scope) -> bool:
    """Whether an expression is made of indices, whole numbers and the dimension."""
    match node:
        case tree.Number(text):
            return text.isdigit()
        case tree.Name(id):
            entity = scope.names.get(id)
            return isinstance(entity, IndexName) or entity == NumberName(count("N"))
        case tree.Negate(operand):
            return _is_whole(operand, scope)
        case tree.Binary("+" | "-" | "*", left, right):
            return _is_whole(left, scope) and _is_whole(right, scope)
        case _:
            return False
