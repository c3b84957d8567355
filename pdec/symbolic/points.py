"""Random points of a problem for the interpreter: where its equations hold, where a condition does, and in words."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence

from sympy import Expr
from sympy.core.symbol import Str

from pdec.domains import Ball, Box, Domain, WholeSpace
from pdec.problem import Condition, Problem, UnknownNumber
from pdec.symbolic.atoms import Coefficient, Contraction
from pdec.symbolic.evaluate import Point

MAX_SHOWN = 5


def point_at(
    problem: Problem,
    x: Sequence[float],
    t: float,
    unknown: Callable[[str, int, tuple[int, ...]], float] | None = None,
    normal: Sequence[float] | None = None,
) -> Point:
    """A point with everything that a problem knows there; the normal is that of the domain unless it is given."""
    arrays = {array.name: array for array in problem.arrays}
    outward = _outward(problem.domain, x) if normal is None else normal
    constants = {**problem.constants, **{Coefficient(Str(n.name)): value_of(n) for n in problem.numbers}}
    return Point(x, t, constants, unknown=unknown, normal=outward, arrays=arrays)


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
    problem: Problem, condition: Condition | None, dim: int, generator: random.Random
) -> Iterator[tuple[list[float], float]]:
    """Points (x, t) without end, where the equations hold or where `condition` does."""
    interval = problem.coordinates.interval or (0.0, 0.0)
    while True:
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
        return [generator.uniform(*domain.ends(k)) for k in range(dim)]
    assert isinstance(domain, Ball)
    length = math.sqrt(sum(entry**2 for entry in direction))
    return [domain.center + domain.radius * generator.random() * entry / length for entry in direction]


def _outward(domain: Domain, x: Sequence[float]) -> list[float]:
    """The outward normal of a box at a point of its boundary."""
    if not isinstance(domain, Box):
        return []
    ends = [domain.ends(k) for k in range(len(x))]
    return [float(entry == high) - float(entry == low) for entry, (low, high) in zip(x, ends)]


def _on_boundary(domain: Domain, x: list[float], generator: random.Random) -> list[float]:
    if isinstance(domain, Ball):
        length = math.sqrt(sum((entry - domain.center) ** 2 for entry in x))
        return [domain.center + (entry - domain.center) * domain.radius / length for entry in x]
    assert isinstance(domain, Box)
    k = generator.randrange(len(x))
    return [*x[:k], generator.choice(domain.ends(k)), *x[k + 1 :]]


def work(expression: Expr, dim: int) -> int:
    """About how many operations the interpreter makes: every nested sum multiplies by the dimension."""
    deepest = max((len(contraction.limits) for contraction in expression.atoms(Contraction)), default=0)
    return int(expression.count_ops() + 1) * dim**deepest
