"""Random points of a problem for the interpreter: where its equations hold, where a condition does, and in words."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence

from sympy import Basic, Expr, Integer
from sympy.core.symbol import Str

from pdec.budget import OPERATIONS, spend
from pdec.domains.laws import Held
from pdec.domains.sample import Sampler, depth_at
from pdec.domains.sets import PointSet
from pdec.problem import Condition, Problem, UnknownNumber
from pdec.symbolic.atoms import DIM, Average, Coefficient
from pdec.symbolic.diffusion import follow
from pdec.symbolic.evaluate import NotRealError, Point
from pdec.symbolic.quadrature import nodes_of
from pdec.symbolic.sums import Contraction, Extreme

MAX_SHOWN = 5
DRAWS, MAX_WORK = 20, 20_000
"""Points of a law that are tried, and the operations that all of them may take."""
MAX_FAILURES = 5
"""Times in a row that a law may have no point."""


def point_at(
    problem: Problem,
    x: Sequence[float],
    t: float,
    unknown: Callable[[str, int, tuple[int, ...]], float] | None = None,
    normal: Sequence[float] | None = None,
) -> Point:
    """A point with everything that a problem knows there; the normal is that of the domain unless it is given."""
    arrays = {array.name: array for array in problem.arrays}
    tables = {table.name: table for table in problem.tables}
    outward = depth_at(problem.domain.solid(len(x)), x)[1] if normal is None else normal
    constants = {**problem.constants, **{Coefficient(Str(n.name)): value_of(n) for n in problem.numbers}}
    return Point(x, t, constants, unknown=unknown, normal=outward, arrays=arrays, domain=problem.domain, tables=tables)


def value_of(number: UnknownNumber) -> float:
    """The true value of an unknown number, or where training starts."""
    return number.start if number.exact_value is None else number.exact_value


def place(problem: Problem, x: Sequence[float], t: float) -> str:
    """A point in words, its first coordinates at least."""
    shown = ", ".join(f"{value:.3g}" for value in x[:MAX_SHOWN]) + (", …" if len(x) > MAX_SHOWN else "")
    coordinates = problem.coordinates
    name = coordinates.names[0] if coordinates.vector else f"({', '.join(coordinates.names)})"
    space = f"{name} = ({shown})" if coordinates.vector or len(x) > 1 else f"{coordinates.names[0]} = {shown}"
    return space + (f", {coordinates.time} = {t:.3g}" if coordinates.time else "")


def face_name(problem: Problem, axis: int, value: float) -> str:
    """`x = 0`, or `x[2] = 0` of a vector."""
    names = problem.coordinates.names
    return f"{names[0]}[{axis}] = {value:g}" if problem.coordinates.vector else f"{names[axis - 1]} = {value:g}"


def points_of(
    problem: Problem,
    condition: Condition | None,
    dim: int,
    generator: random.Random,
    where: PointSet | None = None,
) -> Iterator[tuple[list[float], float]]:
    """Points (x, t), where the equations hold or where `condition` does; in `where`, if that is given. Without end, but
    for a law that hardly has any."""
    interval = problem.coordinates.interval or (0.0, 0.0)
    if where is None and condition is not None:
        where = condition.where
    law = where.law if where is not None else problem.domain.interior(dim)
    held = dict(law.places) if isinstance(law, Held) else {}
    draw, failures = Sampler(generator, budget=sys.maxsize), 0
    while True:
        x = draw.point(law)
        t = generator.uniform(*interval)
        if condition is not None and condition.kind in ("initial", "terminal"):
            t = interval[0 if condition.kind == "initial" else 1]
        if problem.law is not None and (where is None or held):
            here = point_at(problem, x, interval[0], normal=())
            try:
                x = follow(problem.law, dim, t - interval[0], here, generator)
            except ValueError:
                failures += 1
                if failures == MAX_FAILURES:
                    return
                continue
            failures = 0
            for k, value in held.items():
                x[k] = value
        yield x, t


def see_law(problem: Problem) -> None:
    """Draw a few points of the law of a problem, if it has one. Raises NotRealError where one is not real.

    What else has no value in double precision may have one in torch, as 1/inf has.
    """
    law = problem.law
    if law is None:
        return
    first, last = problem.coordinates.interval or (0.0, 0.0)
    generator = random.Random(20230425)
    each = sum(work(part, problem.dim) for part in (law.drift, law.diffusion, law.start, law.spread))
    count = min(DRAWS, MAX_WORK // each)
    spend(count * each / OPERATIONS)
    here = point_at(problem, [0.0] * problem.dim, first, normal=())
    for _ in range(count):
        try:
            follow(law, problem.dim, generator.uniform(0, last - first), here, generator)
        except NotRealError:
            raise
        except ValueError:
            continue


def outward(where: PointSet | None, dim: int, x: Sequence[float]) -> list[float]:
    """The outward normal at a point of a set; none where the set has none."""
    if where is None or where.solid is None:
        return []
    return depth_at(where.solid.solid(dim), x)[1]


def work(expression: Basic, dim: int) -> int:
    """About how many operations it takes to draw a point and to interpret an expression there."""
    return dim // 10 + _operations(expression, dim)


def _operations(expression: Basic, dim: int) -> int:
    """Every sum repeats what is in it."""
    if isinstance(expression, Contraction):
        times = math.prod(_number(count, dim) for _, count in expression.limits)
        return times * _operations(expression.body, dim)
    if isinstance(expression, Extreme):
        _, body, _, count = expression.args
        return _number(count, dim) * _operations(body, dim)
    if isinstance(expression, Average):
        limits = sum(_operations(argument, dim) for argument in expression.args[2:])
        return limits + nodes_of(expression, dim) * _operations(expression.body, dim)
    return 1 + sum(_operations(argument, dim) for argument in expression.args)


def _number(count: Expr, dim: int) -> int:
    return int(count.xreplace({DIM: Integer(dim)}))
