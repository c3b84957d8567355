"""What a problem is at random points, for those who freeze it there: a small dimension, values of the unknowns.

The unknown and its derivatives have the values of the exact solution; where there is none, random ones, or those that
conditions give at the first or the last time.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from sympy import Expr, Integer
from sympy.core.symbol import Str

from pdec.budget import OPERATIONS, left, spend
from pdec.diagnostics import PdeError, Source
from pdec.language.parser import parse
from pdec.problem import Problem
from pdec.symbolic.assemble import assemble
from pdec.symbolic.atoms import TIME, Coefficient, Partial
from pdec.symbolic.calculus import NotDifferentiableError, substituted
from pdec.symbolic.corners import value_of
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.points import point_at, points_of, work
from pdec.symbolic.symbol import NoSymbolError

POINTS = 24
LEAST_POINTS = 4
MAX_WORK = 300_000
MAX_DIM = 6
SMALL_DIM = 3


def in_few_dimensions(problem: Problem) -> tuple[Problem, str]:
    """The problem in few dimensions, and what has to be said of it. Raises NoSymbolError."""
    if problem.dim <= MAX_DIM:
        return problem, ""
    overrides = tuple(sorted(problem.overrides.items()))
    small = _stated(problem.source, overrides) if problem.dim_name else None
    if small is None:
        raise NoSymbolError(f"too much work in {problem.dim} dimensions")
    return small, f"for {problem.dim_name} = {SMALL_DIM}, "


@lru_cache(4)
def _stated(source: Source, overrides: tuple[tuple[str, float], ...]) -> Problem | None:
    """The problem that a file states in few dimensions; None where it states none."""
    try:
        return assemble(parse(source), source, SMALL_DIM, dict(overrides))
    except PdeError:
        return None


class Jets:
    """Values of the unknowns and of their derivatives at points: of the exact solution, else those that conditions give
    at the `end` of time, where one is named ("initial" or "terminal"), else random ones."""

    def __init__(self, problem: Problem, end: str = "") -> None:
        self.problem, self.end = problem, end
        self.exact = {s.unknown: s.expression for s in problem.solutions if s.kind != "reference"}
        self.known = {**_values_at(problem, end), **self.exact}
        self.derived: dict[tuple[str, int, tuple[int, ...]], Expr] = {}

    def sure(self, symbols: Sequence[Expr]) -> bool:
        """Whether symbols do not depend on values that are not known."""
        guessed = {number.name for number in self.problem.numbers if number.exact_value is None}
        return all(
            leaf.name not in guessed if isinstance(leaf, Coefficient) else leaf.name in self.exact
            for symbol in symbols
            for leaf in symbol.atoms(Partial, Coefficient)
        )

    @property
    def words(self) -> str:
        """What the values are that are not those of the exact solution."""
        end = "first" if self.end == "initial" else "last"
        return f"the values of the unknown at the {end} time" if self.end else "random values of the unknown"

    def cover(self, symbols: Sequence[Expr]) -> bool:
        """Whether no random value is needed for the symbols."""
        partials = (leaf for symbol in symbols for leaf in symbol.atoms(Partial) if leaf.name not in self.exact)
        return all(leaf.name in self.known and TIME not in leaf.axes for leaf in partials)

    def time(self, t: float) -> float:
        """The time at which to look, for a time drawn at random."""
        interval = self.problem.coordinates.interval
        return interval[self.end == "terminal"] if self.end and interval else t

    def at(self, x: Sequence[float], t: float, number: int) -> Callable[[str, int, tuple[int, ...]], float]:
        point = point_at(self.problem, x, t)

        found: dict[tuple[str, int, tuple[int, ...]], float] = {}  # every value is worked out once at a point

        def value(name: str, component: int, axes: tuple[int, ...]) -> float:
            key = name, component, axes
            if name not in self.known:
                return random.Random(f"{key} {number}").gauss(0, 1)
            if key not in self.derived:
                along = [Integer(axis) if axis else TIME for axis in axes]
                partial = Partial(Str(name), Integer(component), *along)
                try:
                    self.derived[key] = substituted(partial, {name: self.known[name]})
                except NotDifferentiableError as error:
                    raise ValueError(str(error)) from None
            if key not in found:
                spend(work(self.derived[key], self.problem.dim) / OPERATIONS)
                found[key] = evaluate(self.derived[key], point)[0]
            return found[key]

        return value


def _values_at(problem: Problem, end: str) -> dict[str, Expr]:
    """The values that conditions give to unknowns at an end of time."""
    given = (value_of(problem, condition) for condition in problem.conditions if condition.kind == end)
    return {value.partial.name: value.value for value in given if value is not None and not value.partial.axes}


def given_jets(problem: Problem, symbols: Sequence[Expr]) -> Jets:
    """Values for the symbols: those at the first or the last time where conditions give them, before random ones."""
    every = (Jets(problem, end) for end in ("", "initial", "terminal"))
    return next((jets for jets in every if jets.cover(symbols)), Jets(problem))


def samples(
    problem: Problem, symbols: Sequence[Expr], evaluations: int, jets: Jets, beside: float = 0.0
) -> Iterator[tuple[Point, int]]:
    """Points with values of the unknowns, as many as the work at each allows: so many evaluations of the symbols, and
    so many units `beside` each of them, which are spent by others. Raises NoSymbolError."""
    each = evaluations * sum(work(symbol, problem.dim) for symbol in symbols)
    taken = {leaf for symbol in symbols for leaf in symbol.atoms(Partial) if leaf.name in jets.known}
    values = sum(work(jets.known[leaf.name], problem.dim) for leaf in taken)
    affordable = min(MAX_WORK / len(problem.equations), 0.9 * OPERATIONS * left())
    count = min(POINTS, int(affordable / (each + values + OPERATIONS * evaluations * beside + 1)))
    if count < LEAST_POINTS:
        raise NoSymbolError(f"too much work in {problem.dim} dimensions")
    spend(count * each / OPERATIONS)
    generator = random.Random(20230425)
    for number, (x, t) in enumerate(itertools.islice(points_of(problem, None, problem.dim, generator), count)):
        t = jets.time(t)
        yield point_at(problem, x, t, unknown=jets.at(x, t, number), normal=[0.0] * problem.dim), number
