"""Linear equations of first order in time and space: values are carried in through some faces of a box, and out through
others. What comes in must be given; what goes out follows."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from sympy import Expr, Integer

from pdec.budget import TooLargeError
from pdec.diagnostics import Diagnostic
from pdec.domains import Box
from pdec.problem import Condition, Problem, Residual
from pdec.symbolic.atoms import Partial
from pdec.symbolic.classify import Kind
from pdec.symbolic.evaluate import evaluate
from pdec.symbolic.points import face_name, point_at, points_of, work
from pdec.symbolic.symbol import NoSymbolError, symbol_of

POINTS = 8
MAX_FACES = 20
MAX_WORK = 20_000


def flow_through_faces(
    problem: Problem, equation: Residual, kind: Kind, own: Sequence[Condition], may_have_more: bool
) -> Iterator[Diagnostic]:
    """W405 for a face through which values come in that are not given, W406 for one with values that go out."""
    if kind.name != "hyperbolic" or (kind.space, kind.time) != (1, 1) or equation.size is not None:
        return
    if not isinstance(problem.domain, Box) or problem.dim > MAX_FACES or equation.linearity != "linear":
        return
    try:
        speed = symbol_of(equation.expression, kind.unknown, Integer(1), (1, 0))
        rate = symbol_of(equation.expression, kind.unknown, Integer(1), (0, 1))
    except (NoSymbolError, TooLargeError):
        return
    reversed_ = -1 if not any(condition.kind == "initial" for condition in own) else 1
    periodic = {condition.period[0] for condition in own if condition.period is not None}
    faces = [(k + 1, end) for k in range(problem.dim) if k + 1 not in periodic for end in problem.domain.ends(k)]
    for face in faces:
        given = [c for c in own if c.kind == "boundary" and (not c.places or c.places == (face,))]
        flow = reversed_ * _flow(problem, speed, rate, face)
        where, name = face_name(problem, *face), kind.unknown
        if flow < 0 and not given:
            message = f"values are carried in through {where}, and `{name}` is not given there"
            hint = f"add a line such as: boundary {name} = … on {where}"
            yield Diagnostic(problem.source, equation.span, "W405", message, hint)
        elif flow > 0 and given and not may_have_more:
            message = f"values are carried out through {where}: what `{name}` is there follows from the equation"
            hint = "give values only where they are carried in"
            yield Diagnostic(problem.source, given[0].residual.span, "W406", message, hint)


def _flow(problem: Problem, speed: Expr, rate: Expr, face: tuple[int, float]) -> int:
    """-1 where values come in everywhere on a face, 1 where they go out, 0 where that changes or is not known."""
    assert isinstance(problem.domain, Box)
    axis, value = face
    outward = -1.0 if value == problem.domain.ends(axis - 1)[0] else 1.0
    covector = [outward * (k + 1 == axis) for k in range(problem.dim)]
    if speed.has(Partial) or rate.has(Partial) or POINTS * work(speed, problem.dim) > MAX_WORK:
        return 0
    signs = set()
    for x, t in itertools.islice(points_of(problem, None, problem.dim, random.Random(20230425)), POINTS):
        x[axis - 1] = value
        point = point_at(problem, x, t, normal=covector)
        try:
            (along, error), (forward, _) = evaluate(speed, point), evaluate(rate, point)
        except (ValueError, OverflowError, ZeroDivisionError):
            return 0
        signs.add(0 if abs(along) <= 100 * error else 1 if along * forward > 0 else -1)
    return signs.pop() if len(signs) == 1 else 0
