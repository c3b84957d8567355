"""Signs: of coefficients, and of quadratic (or quartic) forms in a covector ξ, by algebra; eigenvalues, by numbers.

`sign_of` reads a sign off an expression for every N: squares and exponentials, numbers and parameters, sums of what has
one sign. `covers` says where a form that is nowhere negative is positive: in every direction of ξ, or in some.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import reduce
from typing import TypeAlias

from sympy import Abs, Add, Expr, Integer, Max, Min, Mul, Pow, Symbol, cos, exp, sin

from pdec.domains import Box
from pdec.problem import Problem
from pdec.symbolic.atoms import DIM, TIME, Coefficient, Coordinate, Lookup, Normal, split_axis
from pdec.symbolic.hyperbolic import cosh, tanh
from pdec.symbolic.sums import Contraction
from pdec.symbolic.truth import Where


class Sign(IntEnum):
    """What is known of a real number: its sign, strictly or with zero."""

    NEGATIVE = -2
    NOT_POSITIVE = -1
    ZERO = 0
    NOT_NEGATIVE = 1
    POSITIVE = 2


Directions: TypeAlias = "frozenset[int] | None"
"""Numbers of coordinates; None for all of them, whatever N is."""


def sign_of(expression: Expr, problem: Problem) -> Sign | None:
    """The sign of `expression` at all points inside the domain, for all ξ; None where it is not seen."""
    if isinstance(expression, Symbol):
        if expression == DIM:
            return Sign.POSITIVE
        return _of_number(problem.constants[expression]) if expression in problem.constants else None
    if expression.is_number:
        return _of_number(float(expression)) if expression.is_real else None
    if isinstance(expression, Coefficient):
        (number,) = (number for number in problem.numbers if number.name == expression.name)
        if number.exact_value is not None:
            return _of_number(number.exact_value)
        return _of_interval(number.bounds) if number.bounds else None
    if isinstance(expression, Lookup):
        (table,) = (table for table in problem.tables if table.name == expression.table.name)
        low, high = table.range
        return None if expression.table.along or low <= 0 <= high else _of_interval((low, high))
    if isinstance(expression, Coordinate):
        return _of_coordinate(expression, problem)
    if isinstance(expression, Contraction):
        return sign_of(expression.body, problem)  # empty sums are not written
    if isinstance(expression, (exp, cosh)):
        return Sign.POSITIVE
    if isinstance(expression, Abs):
        inner = sign_of(expression.args[0], problem)
        return Sign.POSITIVE if inner in (Sign.POSITIVE, Sign.NEGATIVE) else Sign.NOT_NEGATIVE
    if isinstance(expression, tanh):
        return sign_of(expression.args[0], problem)
    if isinstance(expression, Where):
        return _weaker(sign_of(expression.inside, problem), sign_of(expression.outside, problem))
    if isinstance(expression, Add):
        return _of_sum(expression, problem)
    if isinstance(expression, Mul):
        return reduce(_times, (sign_of(argument, problem) for argument in expression.args))
    if isinstance(expression, Pow):
        return _of_power(expression, problem)
    if isinstance(expression, (Max, Min)):
        return _of_extreme(expression, problem)
    return None


def _of_number(value: float) -> Sign:
    return Sign(2 * ((value > 0) - (value < 0)))


def _of_coordinate(leaf: Coordinate, problem: Problem) -> Sign | None:
    """Inside a box, and between the first and the last time, a coordinate can have a sign."""
    if leaf.axis == TIME:
        ends = [problem.coordinates.interval or (-1.0, 1.0)]
    elif isinstance(problem.domain, Box):
        symbol, number = split_axis(leaf.axis)
        axes = range(len(problem.domain.lower)) if symbol is not None else [number - 1]
        ends = [problem.domain.ends(k) for k in axes]
    else:
        return None
    signs = {_of_interval(pair) for pair in ends}
    return signs.pop() if len(signs) == 1 else None


def _of_interval(ends: tuple[float, float]) -> Sign | None:
    """The sign of what lies between two numbers."""
    return Sign.POSITIVE if ends[0] >= 0 else Sign.NEGATIVE if ends[1] <= 0 else None


def _of_sum(expression: Expr, problem: Problem) -> Sign | None:
    signs = [sign_of(argument, problem) for argument in expression.args]
    found = _joined(signs)
    if found is None:
        # 2 + sin(x): a number that outweighs functions which are bounded by one
        bounded = [a for a in expression.args if _bound(a, problem) is not None]
        rest = [s for a, s in zip(expression.args, signs) if a not in bounded]
        constant = sum(float(a) for a in expression.args if a.is_number and a.is_real)
        size = sum(_bound(a, problem) or 0.0 for a in bounded)
        if abs(constant) > size and _joined([_of_number(constant), *rest]) is not None:
            return _of_number(constant)
    return found


def _bound(expression: Expr, problem: Problem) -> float | None:
    """The bound of a multiple of a sine, a cosine or a hyperbolic tangent."""
    coefficient, rest = expression.as_coeff_Mul()
    if isinstance(rest, (sin, cos, tanh)) and coefficient.is_real:
        return abs(float(coefficient))
    return None


def _joined(signs: Sequence[Sign | None]) -> Sign | None:
    """The sign of a sum."""
    known = [sign for sign in signs if sign is not None]
    if len(known) < len(signs):
        return None
    if all(sign >= 0 for sign in known):
        return max(known, default=Sign.ZERO)
    return min(known) if all(sign <= 0 for sign in known) else None


def _weaker(left: Sign | None, right: Sign | None) -> Sign | None:
    """The sign of what is one of two numbers."""
    if left is None or right is None or left * right < 0:
        return None
    return min(left, right, key=abs) if left * right else Sign(max(-1, min(1, left + right)))


def _times(left: Sign | None, right: Sign | None) -> Sign | None:
    if Sign.ZERO in (left, right):
        return Sign.ZERO
    if left is None or right is None:
        return None
    return Sign(int(math.copysign(min(abs(left), abs(right)), left * right)))


def _of_power(expression: Expr, problem: Problem) -> Sign | None:
    base, exponent = expression.args
    inner = sign_of(base, problem)
    if inner is Sign.POSITIVE:
        return Sign.POSITIVE
    if not exponent.is_Integer:
        if exponent.is_integer is not False and inner is not Sign.NOT_NEGATIVE:
            return None  # N, or a parameter, may be odd
        # a root is real only where its base is not negative
        return Sign.NOT_NEGATIVE if sign_of(exponent, problem) is Sign.POSITIVE else Sign.POSITIVE
    if exponent % 2 == 0:
        return Sign.POSITIVE if inner is Sign.NEGATIVE or exponent < 0 else Sign.NOT_NEGATIVE
    return inner if exponent > 0 or inner in (Sign.NEGATIVE, None) else Sign(2 * int(math.copysign(1, inner)))


def _of_extreme(expression: Expr, problem: Problem) -> Sign | None:
    side = 1 if isinstance(expression, Max) else -1
    known = [side * s for s in (sign_of(a, problem) for a in expression.args) if s is not None]
    best = max(known, default=-2)
    if best > 0 or len(known) == len(expression.args):
        return Sign(side * best)
    return None


def covers(form: Expr, problem: Problem) -> Directions:
    """The coordinates k for which a form that is nowhere negative is positive wherever ξₖ is not zero."""
    if isinstance(form, Add):
        nowhere: Directions = frozenset()
        return reduce(_either, (covers(argument, problem) for argument in form.args), nowhere)
    if isinstance(form, Mul):
        factors = [factor for factor in form.args if factor.has(Normal)]
        others = Mul(*(factor for factor in form.args if not factor.has(Normal)))
        if not factors or sign_of(others, problem) not in (Sign.POSITIVE, Sign.NEGATIVE):
            return frozenset()
        return reduce(_both, (covers(factor, problem) for factor in factors))
    if isinstance(form, Pow) and form.exp.is_Integer and form.exp > 0:
        if isinstance(form.base, Normal) and isinstance(form.base.axis, Integer):
            return frozenset({int(form.base.axis)})
        return covers(form.base, problem) if sign_of(form.base, problem) is not None else frozenset()
    if isinstance(form, Contraction) and len(form.limits) == 1:
        index, count = form.limits[0]
        factors = Mul.make_args(form.body)
        own = [f for f in factors if isinstance(f, Pow) and isinstance(f.base, Normal) and f.base.axis == index]
        others = Mul(*(factor for factor in factors if factor not in own))
        if own and not others.has(Normal) and sign_of(others, problem) in (Sign.POSITIVE, Sign.NEGATIVE):
            size = problem.dim if count == DIM else int(count) if count.is_Integer else None
            if count == DIM or size == problem.dim:
                return None
            return frozenset(range(1, size + 1)) if size is not None and size < 100 else frozenset()
    return frozenset()


def _either(left: Directions, right: Directions) -> Directions:
    return None if left is None or right is None else left | right


def _both(left: Directions, right: Directions) -> Directions:
    if left is None or right is None:
        return left if right is None else right
    return left & right


def definite(form: Expr, problem: Problem) -> tuple[Sign | None, bool]:
    """The sign of a form at all points and for all ξ, and whether it is zero for ξ = 0 alone."""
    sign = sign_of(form, problem)
    if sign is None or sign is Sign.ZERO:
        return sign, False
    found = covers(form, problem)
    whole = found is None or (found >= set(range(1, min(problem.dim, 100) + 1)) and problem.dim < 100)
    return sign, whole


def eigenvalues(matrix: Mapping[tuple[int, int], float], size: int) -> list[float]:
    """The eigenvalues of a symmetric matrix, from the least up, by Jacobi's rotations."""
    a = [[matrix[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]
    for _ in range(50):
        off = max((abs(a[i][j]) for i in range(size) for j in range(i)), default=0.0)
        if off <= 1e-14 * max(abs(a[i][i]) for i in range(size)) or off == 0:
            break
        for p in range(size):
            for q in range(p + 1, size):
                if a[p][q] != 0:
                    _rotate(a, p, q)
    return sorted(a[i][i] for i in range(size))


def _rotate(a: list[list[float]], p: int, q: int) -> None:
    """One rotation in the plane of p and q, after which a[p][q] is zero."""
    theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
    t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
    c = 1 / math.hypot(t, 1.0)
    s = t * c
    for row in a:
        row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
    for k in range(len(a)):
        a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
