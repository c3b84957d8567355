"""Does the exact solution satisfy the equations and the conditions? By algebra for every N, or else at random points.

The solution is put in the place of the unknowns and differentiated by the calculus of `symbolic.calculus`. What algebra
reduces to zero holds for all dimensions; the rest is evaluated in double precision by the interpreter.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Integer

from pdec.budget import OPERATIONS, UNITS, TooLargeError, allowance, left, spend
from pdec.diagnostics import Diagnostic, Span
from pdec.language.parser import parse
from pdec.problem import Condition, Measurements, Problem, Residual
from pdec.symbolic.assemble import assemble
from pdec.symbolic.atoms import DIM, Average, Coefficient, all_of, at
from pdec.symbolic.calculus import NotDifferentiableError, substituted
from pdec.symbolic.elsewhere import Mean
from pdec.symbolic.evaluate import evaluate
from pdec.symbolic.inverse import true_values
from pdec.symbolic.points import outward, place, point_at, points_of, work
from pdec.symbolic.restrict import is_zero, restricted
from pdec.symbolic.sums import rebuilt

POINTS = 64
LEAST_POINTS = 4
MAX_WORK = 200_000
EVALUATED = 0.9
"""The part of what is left of the allowance that may go into evaluation: finding points takes some too."""
MAX_ENTRIES = 50
SMALL_DIM = 5
MAX_ROWS = 500
TOO_LARGE = "too large"
ROUNDING = 100
"""How many times the bound of its rounding error a residual may be away from zero and still count as zero."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one equation or condition. `status`: "proved", "holds" (at points), "violated", "compared" (with
    data) or "unknown"."""

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
    with allowance():
        with allowance(0.7 * UNITS):  # the rest is for a smaller dimension
            verdicts = _verdicts(problem, exact)
        varies = problem.dim_name and problem.dim > SMALL_DIM and not problem.sheets  # files are for one dimension
        if varies and any(verdict.status == TOO_LARGE for verdict in verdicts):
            # the file states a problem for every N: what is too much work for this one is tried for a smaller one
            small = prove(assemble(parse(problem.source), problem.source, SMALL_DIM, problem.overrides))
            known = {verdict.label: verdict for verdict in small}
            prefix = f"for {problem.dim_name} = {SMALL_DIM}, "
            verdicts = [
                replace(known[v.label], text=prefix + known[v.label].text) if v.status == TOO_LARGE else v
                for v in verdicts
            ]
    return tuple(replace(v, status="unknown") if v.status == TOO_LARGE else v for v in verdicts)


def _verdicts(problem: Problem, exact: dict[str, Expr]) -> list[Verdict]:
    """One after the other; none takes more than half of the work that is left to all, unless it is the last."""
    pairs: list[tuple[Residual, Condition | None]] = [(equation, None) for equation in problem.equations]
    pairs += [(condition.residual, condition) for condition in problem.conditions]
    verdicts = []
    for k, (residual, condition) in enumerate(pairs):
        with allowance(left() / min(2, len(pairs) - k)):
            verdicts.append(_verdict(problem, residual, condition, exact))
    return verdicts


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
        expression = rebuilt(substituted(residual.expression, exact), true_values(problem.numbers).get)
        for number in all_of(expression, Coefficient):
            return result("unknown", f"not checked: the true value of `{number.name}` is not given")
        if condition is not None and condition.data is not None:
            return result("compared", _against_data(problem, condition.data, expression, residual))
        if condition is not None:
            expression = _on(expression, condition, problem)
        if is_zero(expression):
            return result("proved", _scope(problem, residual, condition))
        return _at_points(problem, residual, condition, expression, result)
    except NotDifferentiableError as error:
        return result("unknown", f"not checked: {error}")
    except TooLargeError:
        return result(TOO_LARGE, "not checked: too much work")


def _scope(problem: Problem, residual: Residual, condition: Condition | None) -> str:
    """What algebra has shown: for every dimension, unless the set itself was made of numbers of this one."""
    if problem.dim_name is None:
        return "holds"
    if problem.dimension_in_domain and (condition is not None or residual.expression.has(Mean)):
        return f"holds for {problem.dim_name} = {problem.dim}"
    return f"holds for all {problem.dim_name}"


def _on(expression: Expr, condition: Condition, problem: Problem) -> Expr:
    """What must vanish where a condition holds."""
    here = restricted(expression, condition, problem.coordinates)
    if condition.period is None:
        return here
    axis, length = condition.period
    there = replace(condition, places=tuple((a, v + length * (a == axis)) for a, v in condition.places))
    return here - restricted(expression, there, problem.coordinates)


def _against_data(problem: Problem, data: Measurements, expression: Expr, residual: Residual) -> str:
    """How far the exact solution is from what was measured, noise and all."""
    rows = data.rows[:: max(1, len(data.sheet) // MAX_ROWS)]
    entries = [at(expression, s0=Integer(k + 1)) for k in range(data.size)]
    squares: list[float] = []
    for row in rows[: MAX_WORK // max(1, sum(work(entry, problem.dim) for entry in entries))]:
        time = row[problem.dim] if problem.coordinates.time else 0.0
        point = replace(point_at(problem, row[: problem.dim], time), measured=row[problem.n_coords :])
        with contextlib.suppress(ValueError, OverflowError, ZeroDivisionError):
            squares += [evaluate(entry, point)[0] ** 2 for entry in entries]
    if not squares:
        return f"not compared with {data.sheet.file}"
    size = math.sqrt(math.fsum(number**2 for row in rows for number in row[problem.n_coords :]) / len(rows) / data.size)
    distance = math.sqrt(math.fsum(squares) / len(squares))
    mean = f"root mean square of {len(squares)} values; those measured have {size:.2g}"
    return f"{distance:.2g} away from {data.sheet.file} ({mean})"


def _at_points(
    problem: Problem,
    residual: Residual,
    condition: Condition | None,
    expression: Expr,
    result: Callable[[str, str], Verdict],
) -> Verdict:
    """The verdict from double precision at random points of the set, in the dimension of the problem."""
    dim = problem.dim
    size = dim if residual.size == DIM else int(residual.size or 1)
    entries = [at(expression, s0=Integer(k + 1)) for k in range(size)] if size <= MAX_ENTRIES else []
    averaged = expression.has(Average)
    least = 1 if averaged else LEAST_POINTS
    each = sum(work(entry, dim) for entry in entries)
    points = int(min(POINTS, min(MAX_WORK, OPERATIONS * EVALUATED * left()) // max(1, each)))
    if not entries or points < least:
        return result(TOO_LARGE, f"not checked: too much work in {dim} dimensions")
    spend(points * each / OPERATIONS)
    generator = random.Random(20230425)
    worst, farthest, wrong, used = 0.0, None, None, 0
    where = condition.where if condition is not None else residual.where
    for x, t in itertools.islice(points_of(problem, condition, dim, generator, where), points):
        point = point_at(problem, x, t, normal=outward(where, dim, x))
        try:
            values = [evaluate(entry, point) for entry in entries]
        except (ValueError, OverflowError, ZeroDivisionError):
            continue
        if not all(math.isfinite(value) for value, _ in values):
            continue
        used += 1
        value, error = max(values, key=lambda pair: abs(pair[0]))
        if farthest is None or abs(value) > worst:
            worst, farthest = abs(value), (x, t)
        for value, error in values:
            if abs(value) > ROUNDING * error and (wrong is None or abs(value) > wrong[0]):
                wrong = abs(value), (x, t)
    if wrong is not None:
        return result("violated", f"the residual is {wrong[0]:.3g} at {place(problem, *wrong[1])}")
    if farthest is None:
        return result("unknown", f"not checked: it has no value at any of {points} points")
    missing = f"; it has no value at {points - used} more" if used < points else ""
    many = f"{used} point{'s' * (used > 1)} in {dim} dimension{'s' * (dim > 1)}"
    within = "the error of quadrature" if averaged else "rounding"
    return result("holds", f"holds to {worst:.1e}, within {within}, at {many}{missing}")
