"""All that is said of a problem before anything is computed: the kinds of its equations, and what is doubtful in it."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from sympy import Expr, Integer, Pow, log

from pdec.budget import ANALYSED, OPERATIONS, TooLargeError, allowance, spend
from pdec.diagnostics import Diagnostic
from pdec.language.silence import silence
from pdec.problem import Problem
from pdec.symbolic.angles import acos, asin
from pdec.symbolic.atoms import at
from pdec.symbolic.classify import Kind, classify
from pdec.symbolic.corners import contradictions
from pdec.symbolic.evaluate import evaluate
from pdec.symbolic.normal import NOT_POLYNOMIAL, degrees_of
from pdec.symbolic.points import place, point_at, points_of, work
from pdec.symbolic.sought import found_by_nothing
from pdec.symbolic.wellposed import missing_and_superfluous

POINTS = 64
MAX_WORK = 20_000


@dataclass(frozen=True, slots=True)
class Analysis:
    """The kind of every equation, and warnings, without those that the file silences."""

    kinds: tuple[Kind, ...]
    warnings: tuple[Diagnostic, ...]


def analyse(problem: Problem) -> Analysis:
    """What is known of a problem by its equations and conditions alone."""
    found: list[Diagnostic] = []
    with allowance(ANALYSED):
        kinds = classify(problem)
        searches = (missing_and_superfluous(problem, kinds), _solutions(problem), _singular(problem), _trivial(problem))
        for search in (*searches, found_by_nothing(problem, kinds), contradictions(problem)):
            with suppress(TooLargeError):  # what takes too much work is not looked for any further
                for warning in search:
                    found.append(warning)
    return Analysis(kinds, silence(problem.source).kept(dict.fromkeys(found)))


def _solutions(problem: Problem) -> Iterator[Diagnostic]:
    """W411: solutions for some unknowns and none for others."""
    missing = [u.name for u in problem.unknowns if u.name not in {s.unknown for s in problem.solutions}]
    if problem.solutions and missing:
        names = ", ".join(f"`{name}`" for name in missing)
        message = f"a solution is given, but none for {names}: nothing can be proved of equations that hold {names}"
        hint = f"add a line such as: exact {missing[0]} = …"
        yield Diagnostic(problem.source, problem.solutions[0].span, "W411", message, hint)


def _singular(problem: Problem) -> Iterator[Diagnostic]:
    """W412: exact solutions that have a value at some points of the domain, and none at others."""
    for solution in problem.solutions:
        if solution.kind == "reference":
            continue
        entry = at(solution.expression, s0=Integer(1))
        powers = (power.exp for power in entry.atoms(Pow))
        if not entry.has(log, asin, acos) and all(e.is_Integer and e.is_nonnegative for e in powers):
            continue
        each = work(entry, problem.dim)
        count = min(POINTS, MAX_WORK // each)
        spend(count * each / OPERATIONS)
        places = list(itertools.islice(points_of(problem, None, problem.dim, random.Random(20230425)), count))
        without = [(x, t) for x, t in places if not _has_value(problem, entry, x, t)]
        if without and len(without) < len(places):
            name, where = solution.unknown, place(problem, *without[0])
            message = f"this has no value at {len(without)} of {len(places)} points of the domain, such as {where}"
            hint = f"an exact solution has a value everywhere: see the domain, or what `{name}` is there"
            yield Diagnostic(problem.source, solution.span, "W412", message, hint)


def _trivial(problem: Problem) -> Iterator[Diagnostic]:
    """W413: zero meets all of an eigenvalue problem but residuals that have no slope there, and no weight."""
    conditions = [condition for condition in problem.conditions if condition.period is None]
    if not problem.numbers or any(condition.data is not None for condition in conditions):
        return
    residuals = [*(e for e in problem.equations if not e.follows), *(c.residual for c in conditions)]
    away = [residual for residual in residuals if any(not term.factors for term in residual.terms)]
    weights = problem.settings.get("weight", {})
    if not away or any(residual.label in weights for residual in away):
        return
    degrees = {degree for residual in away for degree in degrees_of(residual.expression)}
    if degrees - {0} and all(degree == 0 or 2 <= degree < NOT_POLYNOMIAL for degree in degrees):
        names = ", ".join(unknown.name for unknown in problem.unknowns)
        message = f"{names} = 0 meets every equation and condition but this, which has no slope there"
        hint = f"give it a weight: train {{ weight {away[0].label} 1000 }}; or write a value or a slope in its place"
        yield Diagnostic(problem.source, away[0].span, "W413", message, hint)


def _has_value(problem: Problem, expression: Expr, x: list[float], t: float) -> bool:
    try:
        return math.isfinite(evaluate(expression, point_at(problem, x, t))[0])
    except (ValueError, OverflowError, ZeroDivisionError):
        return False
