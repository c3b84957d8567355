"""What makes a problem an inverse problem: numbers that training finds, and what is known of their true values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sympy import Expr
from sympy.core.symbol import Str

from pdec.diagnostics import Span
from pdec.language import tree
from pdec.problem import UnknownNumber
from pdec.symbolic.atoms import Coefficient, all_of
from pdec.symbolic.elaborate import Elaborator
from pdec.symbolic.scope import Findings, Scope


def true_values(numbers: Sequence[UnknownNumber]) -> dict[Expr, Expr]:
    """What to put in the place of unknown numbers in an exact solution: those whose true value is given."""
    return {Coefficient(Str(number.name)): number.exact for number in numbers if number.exact is not None}


def with_true_values(
    numbers: Sequence[UnknownNumber],
    solutions: Iterable[tree.Solution],
    constant: Callable[[tree.Expression], float],
    elaborator: Elaborator,
    scope: Scope,
) -> tuple[UnknownNumber, ...]:
    """The numbers with what `exact k = 2` says, which measures errors and stands for k in exact solutions."""
    found = {number.name: number for number in numbers}
    stop = elaborator.findings.stop
    for node in solutions:
        number = found.get(node.unknown.id)
        if number is None:
            continue
        if node.kind != "exact":
            message = f"`{number.name}` is an unknown number: its true value is given by `exact`"
            stop(node.span, "E205", message, f"write exact {number.name} = …")
        if number.exact is not None:
            stop(node.span, "E205", f"the true value of `{number.name}` is given twice")
        value = constant(node.value)
        if number.bounds and not number.bounds[0] <= value <= number.bounds[1]:
            low, high = number.bounds
            message = f"the true value {value:g} of `{number.name}` is outside its bounds [{low:g}, {high:g}]"
            stop(node.value.span, "E205", message)
        expression, _ = elaborator.expression(node.value, scope)
        found[number.name] = replace(number, exact=expression, exact_value=value)
    return tuple(found.values())


def true(
    expression: Expr, numbers: Sequence[UnknownNumber], span: Span, findings: Findings, what: str = "this solution"
) -> Expr:
    """`expression`, of a known solution, with the true values of unknown numbers. Raises PdeError."""
    expression = expression.xreplace(true_values(numbers))
    for left in all_of(expression, Coefficient):
        message = f"{what} depends on the unknown number `{left.name}`, whose true value is not given"
        findings.stop(span, "E205", message, f"add a line such as: exact {left.name} = 2")
    return expression
