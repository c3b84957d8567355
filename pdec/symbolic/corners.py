"""Conditions that give one unknown two values where their sets meet: an initial and a boundary value at the first time,
two faces of a box at their edge, two conditions on one set.

By algebra where that shows that they agree; else in double precision at random points of both sets, and then the place
and the two numbers are part of the message.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Expr, Integer

from pdec.budget import OPERATIONS, left, spend
from pdec.diagnostics import Diagnostic
from pdec.domains import Box
from pdec.problem import Condition, Problem
from pdec.symbolic.atoms import Partial, all_of, at, slot
from pdec.symbolic.evaluate import evaluate
from pdec.symbolic.expansion import expanded
from pdec.symbolic.points import place, point_at, points_of, work
from pdec.symbolic.restrict import is_zero, restricted

POINTS = 24
MAX_WORK = 300_000
MAX_VALUES = 50
MAX_ENTRIES = 8
ROUNDING = 100
LEAST = 1e-9
"""Numbers that differ by less than this share of their size are written alike: 0.333333333 for 1/3."""
NEGLIGIBLE = 5e-7
"""A jump of this share of the values is hardly seen in single precision: the tail of a wave where its line was cut."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a condition gives: a derivative of an unknown (or it itself) is equal to an expression without unknowns.

    Of a vector the first `size` entries are looked at.
    """

    condition: Condition
    partial: Partial
    value: Expr
    size: int


def contradictions(problem: Problem) -> Iterator[Diagnostic]:
    """W407: a warning for every pair of conditions that disagree somewhere, and for values that are not periodic."""
    values = [found for condition in problem.conditions if (found := value_of(problem, condition)) is not None]
    pairs = [(a, b) for a, b in itertools.combinations(values[:MAX_VALUES], 2) if a.partial == b.partial]
    budget = int(min(MAX_WORK, OPERATIONS * left() / 2)) // (len(pairs) + len(values) + 1)
    for first, second in pairs:
        yield from _disagreement(problem, first, second, budget)
    for value in values:
        yield from _not_periodic(problem, value, budget)


def value_of(problem: Problem, condition: Condition) -> Value | None:
    """The value that a condition gives; None where it does more than that, or `problem` leaves its unknown out."""
    expression = condition.residual.expression
    partials = list(all_of(expression, Partial))
    if len(partials) != 1 or condition.period is not None:
        return None
    (partial,) = partials
    slope = expression.coeff(partial)
    rest = expression - slope * partial
    if (
        not slope.is_Number
        or slope == 0
        or expanded(rest).has(Partial)
        or partial.component not in (Integer(1), slot(0))
    ):
        return None
    unknown = next((unknown for unknown in problem.unknowns if unknown.name == partial.name), None)
    if unknown is None or unknown.scalar != (condition.residual.size is None):
        return None
    return Value(condition, partial, -rest / slope, min(unknown.size, MAX_ENTRIES))


# --- where two sets meet


def _meeting(problem: Problem, first: Condition, second: Condition) -> Iterator[tuple[list[float], float]] | None:
    """Random points of both sets; None where they do not meet, or where that is not known."""
    kinds = {first.kind, second.kind}
    if not kinds <= {"initial", "terminal", "boundary"} or kinds == {"initial", "terminal"}:
        return None
    if (first.places or second.places) and not isinstance(problem.domain, Box):
        return None
    held = dict(first.places)
    if any(held.get(axis, value) != value for axis, value in second.places):
        return None
    held |= dict(second.places)
    timed = next((c for c in (first, second) if c.kind != "boundary"), None)
    around = [c for c in (first, second) if c.kind == "boundary" and not c.places]
    parts = [c.where for c in around if c.where is not None and c.where.name]
    if (timed is not None and timed.where is not None) or len(set(parts)) > 1 or (parts and held):
        return None  # parts of the boundary, and regions, of which it is not known where they meet
    if parts and len(around) == 2 and parts[0].solid is not problem.domain:
        return None  # an interface, inside
    spatial = next((c for c in around if not parts or c.where == parts[0]), None)
    if spatial is not None and held and not _touches(problem, held):
        return None  # places inside of the domain
    return _points(problem, timed, spatial, held)


def _touches(problem: Problem, held: Mapping[int, float]) -> bool:
    """Whether a place lies on the boundary of a box: one of its coordinates is held at an end."""
    assert isinstance(problem.domain, Box)
    return any(value in problem.domain.ends(axis - 1) for axis, value in held.items())


def _points(
    problem: Problem, timed: Condition | None, spatial: Condition | None, held: dict[int, float]
) -> Iterator[tuple[list[float], float]]:
    interval = problem.coordinates.interval or (0.0, 0.0)
    for x, t in points_of(problem, spatial, problem.dim, random.Random(20230425)):
        for axis, value in held.items():
            x[axis - 1] = value
        if timed is not None:
            t = interval[0 if timed.kind == "initial" else 1]
        yield x, t


def _disagreement(problem: Problem, first: Value, second: Value, budget: int) -> Iterator[Diagnostic]:
    points = _meeting(problem, first.condition, second.condition)
    if points is None:
        return
    difference = first.value - second.value
    for condition in (first.condition, second.condition):
        difference = restricted(difference, condition, problem.coordinates)
    if is_zero(difference):
        return
    for k in range(first.size):
        pair = [at(value.value, s0=Integer(k + 1)) for value in (first, second)]
        each = sum(work(value, problem.dim) for value in pair)
        count = max(1, min(POINTS, budget // (first.size * each)))
        spend(2 * count * each / OPERATIONS)
        for x, t in itertools.islice(points, count):
            numbers = _different(problem, pair, [(x, t), (x, t)])
            if numbers is not None and abs(numbers[0] - numbers[1]) > NEGLIGIBLE * _size(
                problem, first, second, pair, count
            ):
                yield _said(problem, first, second, numbers, k, (x, t))
                return


def _size(problem: Problem, first: Value, second: Value, pair: Sequence[Expr], count: int) -> float:
    """The largest number that two conditions give at random points of their own, `count` for each."""
    largest = 0.0
    for value, entry in zip((first, second), pair):
        points = points_of(problem, value.condition, problem.dim, random.Random(20230425))
        for x, t in itertools.islice(points, count):
            try:
                number, _ = evaluate(entry, point_at(problem, x, t))
            except (ValueError, OverflowError, ZeroDivisionError):
                continue
            largest = max(largest, abs(number)) if math.isfinite(number) else largest
    return largest


def _different(
    problem: Problem, pair: Sequence[Expr], where: Sequence[tuple[list[float], float]]
) -> tuple[float, float] | None:
    """Two values at two places, if they differ by more than rounding."""
    try:
        (left, wrong), (right, error) = (evaluate(value, point_at(problem, x, t)) for value, (x, t) in zip(pair, where))
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    if not math.isfinite(left) or not math.isfinite(right):
        return None
    slack = ROUNDING * (wrong + error) + LEAST * max(abs(left), abs(right))
    return (left, right) if abs(left - right) > slack else None


def _said(
    problem: Problem,
    first: Value,
    second: Value,
    numbers: tuple[float, float],
    component: int,
    where: tuple[list[float], float],
) -> Diagnostic:
    name = _name(problem, second.partial, component)
    left, right = numbers
    message = f"{name} is {right:.3g} here, but {left:.3g} by `{first.condition.name}`, at {place(problem, *where)}"
    hint = "the sets of the two conditions meet there, so that no smooth solution has both values"
    return Diagnostic(problem.source, second.condition.residual.span, "W407", message, hint)


def _name(problem: Problem, partial: Partial, component: int) -> str:
    unknown = next(unknown for unknown in problem.unknowns if unknown.name == partial.name)
    name = unknown.name if unknown.scalar else f"{unknown.name}[{component + 1}]"
    return f"a derivative of `{name}`" if partial.axes else f"`{name}`"


# --- periodic coordinates


def _not_periodic(problem: Problem, value: Value, budget: int) -> Iterator[Diagnostic]:
    """Values that differ at the two ends of a coordinate along which the unknown is periodic."""
    wanted = Partial(*value.partial.args[:2])
    periods = [
        (*condition.period, dict(condition.places)[condition.period[0]])
        for condition in problem.conditions
        if condition.period is not None and condition.residual.expression == wanted
    ]
    held = {axis for axis, _ in value.condition.places}
    for axis, length, low in periods:
        if axis in held or (value.condition.kind == "boundary" and not value.condition.places):
            continue
        generator = random.Random(20230425)
        for k in range(value.size):
            entry = at(value.value, s0=Integer(k + 1))
            each = 2 * work(entry, problem.dim)
            count = max(1, min(POINTS, budget // (value.size * each)))
            spend(count * each / OPERATIONS)
            for x, t in itertools.islice(points_of(problem, value.condition, problem.dim, generator), count):
                lower, upper = list(x), list(x)
                lower[axis - 1], upper[axis - 1] = low, low + length
                numbers = _different(problem, [entry, entry], [(lower, t), (upper, t)])
                if numbers is not None:
                    name = _name(problem, value.partial, k)
                    message = f"this is not periodic: {name} is {numbers[0]:.3g} at {place(problem, lower, t)}, and "
                    message += f"{numbers[1]:.3g} at the other end"
                    hint = "see the domain: its length must be a whole number of periods"
                    yield Diagnostic(problem.source, value.condition.residual.span, "W407", message, hint)
                    return
