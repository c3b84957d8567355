"""Does the exact solution satisfy the equations and the conditions? By algebra for every N, or else at random points.

The solution is put in the place of the unknowns and differentiated by the calculus of `symbolic.calculus`. What algebra
reduces to zero holds for all dimensions; the rest is evaluated in double precision by the interpreter.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer

from pdec.diagnostics import Diagnostic, Span
from pdec.domains import Ball, Box, Domain, WholeSpace
from pdec.problem import Condition, Problem, Residual
from pdec.symbolic.atoms import DIM, at
from pdec.symbolic.calculus import NotDifferentiableError, substituted
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.restrict import is_zero, restricted

POINTS = 24
LARGEST_DIM = 5
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one equation or condition. `status`: "proved", "holds" (at points), "violated" or "unknown"."""

    label: str
    kind: str
    status: str
    text: str
    span: Span


def prove(problem: Problem) -> tuple[Verdict, ...]:
    """A verdict for every equation and condition; none where the problem has no exact solution for all its unknowns."""
    exact = {s.unknown: s.expression for s in problem.solutions if s.kind != "reference"}
    if {unknown.name for unknown in problem.unknowns} - set(exact):
        return ()
    verdicts = [_verdict(problem, equation, None, exact) for equation in problem.equations]
    verdicts += [_verdict(problem, c.residual, c, exact) for c in problem.conditions]
    return tuple(verdicts)


def refutations(problem: Problem, verdicts: Sequence[Verdict]) -> list[Diagnostic]:
    """An error for every equation and condition that the exact solution does not satisfy."""
    hint = "either this or the exact solution is wrong"
    return [
        Diagnostic(problem.source, v.span, "E207", f"the exact solution does not satisfy this: {v.text}", hint)
        for v in verdicts
        if v.status == "violated"
    ]


def _verdict(problem: Problem, residual: Residual, condition: Condition | None, exact: dict[str, Expr]) -> Verdict:
    def result(status: str, text: str) -> Verdict:
        return Verdict(residual.label, condition.kind if condition else "equation", status, text, residual.span)

    try:
        expression = substituted(residual.expression, exact)
    except NotDifferentiableError as error:
        return result("unknown", f"not checked: `{error}` cannot be differentiated")
    if condition is not None:
        expression = _on(expression, condition, problem)
    if is_zero(expression):
        everywhere = f"for all {problem.dim_name}" if problem.dim_name else ""
        return result("proved", f"holds {everywhere}".strip())
    return _at_points(problem, residual, condition, expression, result)


def _on(expression: Expr, condition: Condition, problem: Problem) -> Expr:
    """What must vanish where a condition holds."""
    here = restricted(expression, condition, problem.coordinates, problem.domain, problem.constants)
    if condition.period is None:
        return here
    axis, length = condition.period
    there = replace(condition, places=tuple((a, v + length * (a == axis)) for a, v in condition.places))
    return here - restricted(expression, there, problem.coordinates, problem.domain, problem.constants)


def _at_points(
    problem: Problem,
    residual: Residual,
    condition: Condition | None,
    expression: Expr,
    result: Callable[[str, str], Verdict],
) -> Verdict:
    """The verdict from double precision at random points of the set, in at most LARGEST_DIM dimensions."""
    dim = problem.dim if problem.dim_name is None else min(problem.dim, LARGEST_DIM)
    if dim > 50:
        return result("unknown", "not checked: no closed form, and too many dimensions for the interpreter")
    generator = random.Random(20230425)
    worst, where, scale = 0.0, None, 0.0
    for x, t in _points(problem, condition, dim, generator):
        point = Point(x, t, problem.constants, normal=_outward(problem.domain, x))
        entries = 1 if residual.size is None else (dim if residual.size == DIM else int(residual.size))
        for k in range(entries):
            try:
                value = evaluate(at(expression, s0=Integer(k + 1)), point)
            except (ValueError, OverflowError, ZeroDivisionError):
                continue
            scale = max(scale, _scale(at(expression, s0=Integer(k + 1)), point))
            if abs(value) >= worst:
                worst, where = abs(value), (x, t)
    if where is None:
        return result("unknown", "not checked: it has no value at any of the points tried")
    if worst <= TOLERANCE * max(scale, 1e-30) or worst < 1e-13:
        return result("holds", f"holds to {worst:.1e} at {POINTS} points in {dim} dimension{'s' * (dim > 1)}")
    place = ", ".join(f"{value:.3g}" for value in where[0])
    time = f", {problem.coordinates.time} = {where[1]:.3g}" if problem.coordinates.time else ""
    name = problem.coordinates.names[0] if problem.coordinates.vector else f"({', '.join(problem.coordinates.names)})"
    return result("violated", f"the residual is {worst:.3g} at {name} = ({place}){time}")


def _scale(expression: Expr, point: Point) -> float:
    """The size of the terms that cancel."""
    total = 0.0
    for term in expression.args if expression.is_Add else (expression,):
        try:
            total += abs(evaluate(term, point))
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
    return total


def _points(
    problem: Problem, condition: Condition | None, dim: int, generator: random.Random
) -> Iterator[tuple[list[float], float]]:
    interval = problem.coordinates.interval or (0.0, 0.0)
    for _ in range(POINTS):
        x = _inside(problem.domain, dim, generator)
        t = generator.uniform(*interval)
        if condition is not None and condition.kind == "boundary" and not condition.places:
            x = _on_boundary(problem.domain, x, generator)
        elif condition is not None and condition.kind in ("initial", "terminal"):
            t = interval[0 if condition.kind == "initial" else 1]
        for axis, value in condition.places if condition is not None else ():
            x[axis - 1] = value
        yield x, t


def _inside(domain: Domain, dim: int, generator: random.Random) -> list[float]:
    direction = [generator.gauss(0, 1) for _ in range(dim)]
    if isinstance(domain, WholeSpace):
        return [domain.mean + domain.std * entry for entry in direction]
    if isinstance(domain, Box):
        ends = zip(domain.lower * (dim // len(domain.lower)), domain.upper * (dim // len(domain.upper)))
        return [generator.uniform(low, high) for low, high in ends]
    assert isinstance(domain, Ball)
    length = math.sqrt(sum(entry**2 for entry in direction))
    return [domain.center + domain.radius * generator.random() * entry / length for entry in direction]


def _outward(domain: Domain, x: list[float]) -> list[float]:
    """The outward normal of a box at a point of its boundary."""
    if not isinstance(domain, Box):
        return []
    lower, upper = (ends * (len(x) // len(ends)) for ends in (domain.lower, domain.upper))
    return [float(entry == high) - float(entry == low) for entry, low, high in zip(x, lower, upper)]


def _on_boundary(domain: Domain, x: list[float], generator: random.Random) -> list[float]:
    if isinstance(domain, Ball):
        length = math.sqrt(sum((entry - domain.center) ** 2 for entry in x))
        return [domain.center + (entry - domain.center) * domain.radius / length for entry in x]
    assert isinstance(domain, Box)
    k = generator.randrange(len(x))
    ends = (domain.lower[k % len(domain.lower)], domain.upper[k % len(domain.upper)])
    return [*x[:k], generator.choice(ends), *x[k + 1 :]]
