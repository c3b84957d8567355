"""Whether rotations about the origin leave a problem as it is, so that it has a solution of |x| and time alone.

That is read off the index notation, for all N: an expression is invariant where every index is one of exactly two axes
of a product of vectors and derivatives, as in |x|^2, dot(x, grad(u)), lap(u) and |grad(u)|^2 (the first main theorem of
invariant theory for O(N): Weyl, The Classical Groups, 1939).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sympy import Add, Basic, Expr, Integer, Mul, Pow, Symbol

from pdec.domains import Annulus, Ball, Domain, Sphere, WholeSpace
from pdec.domains.base import Round
from pdec.domains.laws import Value
from pdec.problem import Condition, Problem
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Axis,
    Coefficient,
    Coordinate,
    Delta,
    Expectation,
    Leaf,
    Noise,
    Normal,
    Partial,
    split_axis,
)
from pdec.symbolic.elsewhere import PLACE, At, Integral
from pdec.symbolic.sums import Contraction, summands

Axes = Counter[Basic]
"""How often each index is an axis of a product."""


class _TurnsError(Exception):
    """Not invariant, or not seen to be."""


def turned(problem: Problem) -> str | None:
    """What rotations change, in words; None where the solution depends on |x| and time alone.

    It does where the solutions that the file knows do, or where domain, equations and conditions are invariant: then a
    solution that is unique has no other choice.
    """
    for unknown in problem.unknowns:
        if not (unknown.scalar or unknown.complex) or unknown.along.space:
            return f"the unknown `{unknown.name}` is a vector, or a function of some coordinates only"
    known = {solution.unknown for solution in problem.solutions if _invariant(solution.expression, problem)}
    if known == {unknown.name for unknown in problem.unknowns}:
        return None
    if not _centred(problem.domain):
        return f"the domain: {problem.domain.describe()}"
    for residual in (*problem.equations, *(condition.residual for condition in problem.conditions)):
        if residual.where is not None or not _invariant(residual.expression, problem, vector=residual.size is not None):
            return f"`{residual.label}`"
    for condition in problem.conditions:
        if not _all_around(condition, problem.dim):
            return f"`{condition.name}`, which holds on a part of the boundary, or at some points only"
    if not all(_invariant(part, problem) for ansatz in problem.ansatz for part in (ansatz.base, ansatz.factor)):
        return "the ansatz for the hard conditions"
    return None


def _centred(domain: Domain) -> bool:
    if isinstance(domain, Ball | Annulus | Sphere):
        return _origin(domain.center)
    return isinstance(domain, WholeSpace)


def _origin(center: Value) -> bool:
    return not any(center) if isinstance(center, tuple) else center == 0


def _all_around(condition: Condition, dim: int) -> bool:
    """Whether a condition holds on all of the domain, or on whole spheres about the origin."""
    if condition.places or condition.period is not None or condition.data is not None:
        return False
    if condition.where is None:
        return True
    surfaces = condition.where.surfaces or ()
    return bool(surfaces) and all(isinstance(s, Round) and s.count == dim and _origin(s.center) for s in surfaces)


def _invariant(expression: Expr, problem: Problem, *, vector: bool = False) -> bool:
    """Whether an expression of a rotated function is what it was, or as a vector is rotated."""
    try:
        axes = _axes(expression, _Setting(problem))
    except _TurnsError:
        return False
    return sorted(axes.values()) == ([1] if vector else [])


class _Setting:
    """The symbols that are numbers, and the random vectors with an entry for each coordinate."""

    def __init__(self, problem: Problem) -> None:
        self.numbers: frozenset[Basic] = frozenset({DIM, *problem.constants})
        self.vectors: set[str] = set()


def _axes(expression: Basic, setting: _Setting) -> Axes:
    """The indices that are left over, each as often as it is an axis. Raises _TurnsError."""
    match expression:
        case Coordinate() | Normal():
            return _counted([expression.axis])
        case Partial() if isinstance(expression.component, Integer):
            return _counted(expression.axes)
        case Delta():
            return _counted(expression.args)
        case Noise():
            return _counted([expression.axis]) if expression.name in setting.vectors else Counter()
        case Coefficient():
            return Counter()
        case Contraction():
            return _summed(expression, setting)
        case Expectation():
            if expression.size == DIM:
                setting.vectors.add(expression.name)
            return _number([expression.body], setting)
        case At():
            if _axes(expression.space, setting) != {PLACE: 1}:
                raise _TurnsError
            return _number([expression.what, expression.time], setting)
        case Integral():
            return _number([expression.body, expression.lower, expression.upper], setting)
        case Symbol() if expression not in setting.numbers:
            raise _TurnsError
        case Mul():
            return sum((_axes(factor, setting) for factor in expression.args), Counter())
        case Pow(exp=Integer() as exponent) if exponent > 0:
            axes = _axes(expression.base, setting)
            return Counter({index: int(exponent) * times for index, times in axes.items()})
        case Add():
            first, *others = (_axes(term, setting) for term in expression.args)
            if any(other != first for other in others):
                raise _TurnsError
            return first
        case Leaf():
            raise _TurnsError
    return _number(expression.args, setting)


def _number(parts: Iterable[Basic], setting: _Setting) -> Axes:
    """Of what is made of parts that have to be invariant themselves."""
    if any(_axes(part, setting) for part in parts):
        raise _TurnsError
    return Counter()


def _summed(contraction: Contraction, setting: _Setting) -> Axes:
    body, limits = contraction.opened()
    indices = {index for index, _ in limits}
    if any(count != DIM for _, count in limits):
        raise _TurnsError
    left: list[Axes] = []
    for term in summands(body, lambda base: bool(indices & base.free_symbols)):
        axes = _axes(term, setting)
        if any(axes.pop(index, 0) != 2 for index in indices):
            raise _TurnsError
        left.append(axes)
    if any(other != left[0] for other in left):
        raise _TurnsError
    return left[0]


def _counted(axes: Iterable[Axis]) -> Axes:
    """The axes that are indices. Raises _TurnsError for a numbered one, or the neighbour of an index."""
    found: Axes = Counter()
    for axis in axes:
        if axis == TIME:
            continue
        index, offset = split_axis(axis)
        if index is None or offset:
            raise _TurnsError
        found[index] += 1
    return found
