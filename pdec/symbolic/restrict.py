"""Expressions on the set where a condition holds, and whether one vanishes there by algebra."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Pow, Rational, S, cos, sin, together

from pdec.budget import TooLargeError, allowance, left
from pdec.domains.base import Round
from pdec.problem import Condition, Coordinates
from pdec.symbolic.atoms import DIM, TIME, Coordinate, fresh
from pdec.symbolic.expansion import LARGEST, can_expand, expand, expanded_size
from pdec.symbolic.hyperbolic import cosh, sinh
from pdec.symbolic.sums import contract, rebuilt
from pdec.symbolic.truth import conditions_of

MOST_SEAMS = 6
MAX_WRITTEN_OUT = 3


def exactly(number: float) -> Expr:
    """A float as the rational number it is written as."""
    return Rational(repr(float(number)))


def moment(condition: Condition, coordinates: Coordinates) -> Expr:
    """The time of an initial or terminal condition, as it is written: `T`, so that T - t vanishes by algebra."""
    assert coordinates.ends is not None
    return coordinates.ends[0 if condition.kind == "initial" else 1]


def restricted(
    expression: Expr,
    condition: Condition,
    coordinates: Coordinates,
) -> Expr:
    """`expression` where `condition` holds: t is a number there, or |x|² is, or a coordinate.

    Raises TooLargeError.
    """
    if condition.kind in ("initial", "terminal"):
        expression = rebuilt(expression, {Coordinate(TIME): moment(condition, coordinates)}.get)
    elif condition.where is not None and isinstance(condition.where.surface, Round):
        expression = _on_sphere(expression, condition.where.surface)
    return rebuilt(expression, {Coordinate(Integer(axis)): exactly(value) for axis, value in condition.places}.get)


def _on_sphere(expression: Expr, sphere: Round) -> Expr:
    """`expression` where |x - center|² is the square of the radius; in the coordinates, where there are few."""
    square = exactly(sphere.radius) ** 2
    if not isinstance(sphere.center, tuple):
        index = fresh()
        squares = contract((Coordinate(index) - exactly(sphere.center)) ** 2, (index, DIM))
        expression = expression.xreplace({squares: square})
    if sphere.count <= MAX_WRITTEN_OUT and not sphere.center:
        *others, last = (Coordinate(Integer(k + 1)) ** 2 for k in range(sphere.count))
        expression = expression.xreplace({last: square - Add(*others)})
    return expression


def is_zero(expression: Expr) -> bool:
    """Whether algebra brings `expression` to zero. False says nothing.

    Half of what may still be spent goes to algebra at most: what it does not decide is looked at in points.
    """
    try:
        with allowance(left() / 2):
            return _vanishes(expression)
    except TooLargeError:
        return False


def _vanishes(expression: Expr) -> bool:
    if expression == 0:
        return True
    if not can_expand(expression):
        return False
    seams = list(dict.fromkeys(c for c in conditions_of(expression) if not _is_indexed(c)))
    if seams and len(seams) <= MOST_SEAMS:
        # on either side of a seam
        return all(_vanishes(expression.xreplace({seams[0]: side})) for side in (S.One, S.Zero))
    expanded = expand(expression)
    if expanded == 0 or _without_squares(expanded) == 0:
        return True
    numerator = expand(together(expression).as_numer_denom()[0])
    return bool(numerator == 0 or _without_squares(numerator) == 0)


def _without_squares(expression: Expr) -> Expr:
    """Powers of sin and sinh written by those of cos and cosh: sin² = 1 - cos², sinh² = cosh² - 1."""
    powers = {}
    for power in expression.atoms(Pow):
        base, exponent = power.args
        if isinstance(base, (sin, sinh)) and exponent.is_Integer and exponent > 1:
            square = 1 - cos(base.args[0]) ** 2 if isinstance(base, sin) else cosh(base.args[0]) ** 2 - 1
            powers[power] = square ** (exponent // 2) * base ** (exponent % 2)
    written = expression.xreplace(powers)
    return expand(written) if powers and expanded_size(written) <= LARGEST else expression


def _is_indexed(condition: Expr) -> bool:
    """Whether a condition is one for every value of an index."""
    return any(symbol.name.startswith("_") for symbol in condition.free_symbols)
