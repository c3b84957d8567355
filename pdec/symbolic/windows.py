"""Whether a known solution is a sum over windows of neighbouring coordinates, so that a network which is one can be it.

That is read off the index notation, for all N: every term is a number, a function of coordinates that lie within a
window, or a sum over one index of such functions of x[i], x[i+1], …
"""

from __future__ import annotations

from sympy import Add, Basic, Expr, Mul, cancel

from pdec.problem import Problem
from pdec.symbolic.atoms import TIME, Average, Coordinate, split_axis
from pdec.symbolic.elsewhere import At
from pdec.symbolic.sums import Contraction, Extreme

WIDE = (Contraction, Extreme, Average, At)
"""What may hold all coordinates, or other places."""
SHORT = 100
"""Operations of a quotient in which common factors are looked for, others than those that stand there as they are."""


def wider(problem: Problem, size: int) -> list[str]:
    """The unknowns of whose known solutions that is not seen for windows of `size` coordinates. Of an unknown with hard
    conditions it is asked for what the network stands for in it."""
    placed = {ansatz.unknown: ansatz for ansatz in problem.ansatz}
    found = []
    for solution in problem.solutions:
        expression = solution.expression
        if (ansatz := placed.get(solution.unknown)) is not None:
            expression = (expression - ansatz.base) / ansatz.factor
        if not _is_sum(expression, size):
            found.append(solution.unknown)
    return found


def _is_sum(expression: Expr, size: int) -> bool:
    """Whether all terms are within windows, as they stand or with common factors cancelled."""
    forms = [expression] if expression.count_ops() > SHORT else [expression, cancel(expression)]
    return any(all(_within(term, size) for term in Add.make_args(form)) for form in forms)


def _within(term: Expr, size: int) -> bool:
    """Whether a term is a function of a window, or a sum of functions of windows; all of them may depend on time."""
    factors = [factor for factor in Mul.make_args(term) if factor.has(*WIDE) or _places(factor)]
    if len(factors) == 1 and isinstance(factors[0], Contraction):
        body, limits = factors[0].opened()
        return len(limits) == 1 and _one_window(body, size)
    return _one_window(Mul(*factors), size)


def _one_window(expression: Expr, size: int) -> bool:
    """Whether all coordinates of space in `expression` lie within a window."""
    places = _places(expression)
    offsets = [offset for _, offset in places]
    near = len({index for index, _ in places}) <= 1 and max(offsets, default=0) - min(offsets, default=0) < size
    return near and not expression.has(*WIDE)


def _places(expression: Expr) -> list[tuple[Basic | None, int]]:
    """The coordinates of space in an expression: index, or None where they are numbered, and offset."""
    return [split_axis(c.axis) for c in expression.atoms(Coordinate) if c.axis != TIME]
