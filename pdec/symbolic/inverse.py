"""What makes a problem an inverse problem: numbers that training finds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr
from sympy.core.symbol import Str

from pdec import options
from pdec.diagnostics import Span
from pdec.language import tree
from pdec.problem import UnknownNumber
from pdec.symbolic.atoms import Coefficient, all_of
from pdec.symbolic.declarations import Declarations
from pdec.symbolic.domain import DomainError, interval
from pdec.symbolic.scope import NumberName


def true_values(numbers: Sequence[UnknownNumber]) -> dict[Expr, Expr]:
    """What to put in the place of unknown numbers in an exact solution: those whose true value is given."""
    return {Coefficient(Str(number.name)): number.exact for number in numbers if number.exact is not None}


class Inverse(Declarations):
    """Reads the statements of inverse problems; `pdec.symbolic.assemble` goes on from there."""

    numbers: tuple[UnknownNumber, ...] = ()

    # --- unknown numbers

    def _unknown_number(self, node: tree.UnknownParam) -> None:
        """`unknown param k = 0.5 in [0, 10]`: `--param k=1` is another place to start."""
        if not self._declare(node.name):
            return
        name = node.name.id
        start = float(self.params.pop(name)) if name in self.params else self._constant(node.value)
        if not math.isfinite(start):
            raise options.OptionError(f"parameter `{name}` must be a finite number, not {start}")
        try:
            bounds = interval(node.bounds, self._constant) if node.bounds else None
        except DomainError as error:
            self._stop(error.span, "E202", error.message, error.hint)
        if bounds and not bounds[0] <= start <= bounds[1]:
            message = f"`{name}` starts at {start:g}, outside its bounds [{bounds[0]:g}, {bounds[1]:g}]"
            self._stop(node.value.span, "E202", message)
        self.numbers += (UnknownNumber(name, start, bounds, None, None, node.span),)
        self.scope = self.scope.with_(**{name: NumberName(Coefficient(Str(name)))})

    def _true_numbers(self) -> None:
        """`exact k = 2`, which measures errors and stands for k in exact solutions."""
        for node in self._all(tree.Solution):
            known = {number.name: number for number in self.numbers}
            number = known.get(node.unknown.id)
            if number is None:
                continue
            if node.kind != "exact":
                message = f"`{number.name}` is an unknown number: its true value is given by `exact`"
                self._stop(node.span, "E205", message, f"write exact {number.name} = …")
            if number.exact is not None:
                self._stop(node.span, "E205", f"the true value of `{number.name}` is given twice")
            value = self._constant(node.value)
            if number.bounds and not number.bounds[0] <= value <= number.bounds[1]:
                low, high = number.bounds
                message = f"the true value {value:g} of `{number.name}` is outside its bounds [{low:g}, {high:g}]"
                self._stop(node.value.span, "E205", message)
            expression, _ = self.elaborator.expression(node.value, self.scope)
            new = replace(number, exact=expression, exact_value=value)
            self.numbers = tuple(new if old is number else old for old in self.numbers)

    def _true(self, expression: Expr, span: Span, what: str = "this solution") -> Expr:
        """`expression`, of a known solution, with the true values of unknown numbers."""
        expression = expression.xreplace(true_values(self.numbers))
        for left in all_of(expression, Coefficient):
            message = f"{what} depends on the unknown number `{left.name}`, whose true value is not given"
            self._stop(span, "E205", message, f"add a line such as: exact {left.name} = 2")
        return expression
