"""Hard conditions: u = g + ℓ·f, with ℓ zero where they hold and g equal to what they ask for.

The network f is then free, and the product rule (`calculus.substituted`) turns every derivative of u into derivatives
of f with known coefficients. ℓ is a product of one factor a condition: t - t₀ or T - t, R² - |x - c|² on a sphere,
(x - a)(b - x) for every coordinate of a box with few, x - a on a face. g is the right side of the only condition; of
several, one that satisfies all, or the blend of one in time with one in space, g₁ + g₂ - g₂(t₀): all are tried, and
what is taken has been checked on every condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul

from pdec.diagnostics import Span
from pdec.domains.base import Flat, Surface
from pdec.problem import Ansatz, Condition, Coordinates
from pdec.symbolic.atoms import DIM, TIME, Coordinate, Partial, fresh
from pdec.symbolic.expansion import expanded
from pdec.symbolic.restrict import exactly, is_zero, moment, restricted
from pdec.symbolic.sums import Contraction, contract

MAX_PRODUCT = 8
"""A product over more coordinates is at most 4^-8 on the unit box, and multiplied out has too many terms."""


class AnsatzError(Exception):
    """A hard condition that no ansatz can be made for: where, why, and what to try."""

    def __init__(self, span: Span, message: str, hint: str = "leave `hard` away: the condition becomes a term of loss"):
        super().__init__(message)
        self.span, self.message, self.hint = span, message, hint


def ansatz_of(conditions: tuple[Condition, ...], coordinates: Coordinates) -> tuple[Ansatz, ...]:
    """An Ansatz for every unknown with hard conditions. Raises AnsatzError."""
    wanted: dict[str, list[tuple[Condition, Expr]]] = {}
    for condition in conditions:
        if condition.hard:
            unknown, value = _dirichlet(condition)
            wanted.setdefault(unknown, []).append((condition, value))
    found = []
    for unknown, entries in wanted.items():
        factors = [_vanishing(condition, coordinates) for condition, _ in entries]
        base = _common(entries, coordinates)
        found.append(Ansatz(unknown, base, Mul(*dict.fromkeys(factors)), entries[0][0].residual.span))
    return tuple(found)


def _dirichlet(condition: Condition) -> tuple[str, Expr]:
    """The unknown and the value that a condition gives it: u = value."""
    expression = condition.residual.expression
    partials = expression.atoms(Partial)
    if len(partials) == 1 and condition.residual.size is None:
        (partial,) = partials
        if not partial.axes and not any(c.has(Partial) for c in expression.atoms(Contraction)):
            slope = expression.coeff(partial)
            rest = expression - slope * partial
            if slope != 0 and not expanded(rest).has(Partial) and not slope.has(Partial):
                return partial.name, -rest.expand(deep=False) / slope if slope != 1 else -rest
    raise AnsatzError(condition.residual.span, "a hard condition gives a scalar unknown its value: hard boundary u = 0")


def _vanishing(condition: Condition, coordinates: Coordinates) -> Expr:
    """A function that vanishes, to first order, exactly where the condition holds."""
    if condition.places:
        if condition.kind != "boundary" or len(condition.places) > 1:
            raise AnsatzError(condition.residual.span, "a hard condition holds on one face")
        ((axis, value),) = condition.places
        return Coordinate(Integer(axis)) - exactly(value)
    if condition.kind in ("initial", "terminal"):
        difference = Coordinate(TIME) - moment(condition, coordinates)
        return difference if condition.kind == "initial" else -difference
    where = condition.where
    assert where is not None
    if where.surfaces is None:
        message = f"no function is known that vanishes on the {where.text} and nowhere else"
        raise AnsatzError(condition.residual.span, message)
    if sum(isinstance(surface, Flat) for surface in where.surfaces) > 2 * MAX_PRODUCT:
        message = (
            f"a box has a factor for every coordinate, and of more than {MAX_PRODUCT} the product is too small to use"
        )
        raise AnsatzError(condition.residual.span, message)
    return Mul(*(_level(surface) for surface in where.surfaces))


def _level(surface: Surface) -> Expr:
    """The function that is zero on a surface and positive inside."""
    if isinstance(surface, Flat):
        return surface.sign * (exactly(surface.value) - Coordinate(Integer(surface.axis + 1)))
    if isinstance(surface.center, tuple):
        x = [Coordinate(Integer(surface.first + k + 1)) for k in range(surface.count)]
        squares = Add(*((xk - exactly(c)) ** 2 for xk, c in zip(x, surface.center)))
    else:
        index, count = fresh(), Integer(surface.count) if surface.beside else DIM
        squares = contract((Coordinate(index + surface.first) - exactly(surface.center)) ** 2, (index, count))
    return surface.sign * (exactly(surface.radius) ** 2 - squares)


def _common(
    entries: list[tuple[Condition, Expr]],
    coordinates: Coordinates,
) -> Expr:
    """A function that satisfies every condition."""

    def satisfies(base: Expr, condition: Condition, value: Expr) -> bool:
        return is_zero(restricted(base - value, condition, coordinates))

    for base in _candidates(entries, coordinates):
        if all(satisfies(base, condition, value) for condition, value in entries):
            return base
    message = "no function was found that satisfies all hard conditions for this unknown at once"
    hint = "make one of them soft: a term of the loss; or see whether they contradict each other at a corner"
    raise AnsatzError(entries[-1][0].residual.span, message, hint)


def _candidates(
    entries: list[tuple[Condition, Expr]],
    coordinates: Coordinates,
) -> Iterator[Expr]:
    yield from (value for _, value in entries)
    for first, at_first in entries:
        for second, at_second in entries:
            if first is not second:
                yield at_first + at_second - restricted(at_second, first, coordinates)
