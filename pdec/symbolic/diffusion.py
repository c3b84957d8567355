"""Laws of points in a whole space that are more than numbers: `~ sde(drift, diffusion)`, `~ normal(c, s)` of vectors.

X_t of dX = drift·dt + diffusion·dW, from X at the first time. Where drift and diffusion are constant, or both are
multiples of x by entries (geometric Brownian motion), the law of X_t is known and drawn exactly; elsewhere Euler and
Maruyama's steps are taken, whose bias is of the order of one step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from sympy import Expr, Integer, S, expand

from pdec.language import tree
from pdec.problem import Coordinates, Diffusion
from pdec.symbolic.atoms import Coefficient, Coordinate, Partial, at, slot
from pdec.symbolic.domain import DomainError
from pdec.symbolic.elaborate import Elaborator
from pdec.symbolic.evaluate import Point, evaluate
from pdec.symbolic.operators import Shape, describe
from pdec.symbolic.scope import Scope

FORM = "write sde(drift, diffusion), or sde(drift, diffusion, start=0, steps=20)"
STEPS, MAX_STEPS = 20, 1000
MAX_ENTRIES = 100
"""Entries that the compiler evaluates for a point of its own; the others are taken to repeat them."""


def diffusion_of(law: tree.Call, coordinates: Coordinates, elaborator: Elaborator, scope: Scope) -> Diffusion:
    """The law that `sde(…)`, or a normal law with vectors, states. Raises DomainError and PdeError."""
    read = _Reader(elaborator, scope)
    if law.function.id == "normal":
        start, spread = read.start(law)
        return Diffusion("start", S.Zero, S.Zero, 0, start, spread, 0)
    if coordinates.time is None:
        hint = "declare `time t in [0, 1]`, or write normal(0, 1)"
        raise DomainError(law.span, "a diffusion runs in time, and the problem has none", hint)
    plain = [argument for argument in law.arguments if not isinstance(argument, tree.Keyword)]
    options = {a.name.id: a for a in law.arguments if isinstance(a, tree.Keyword)}
    for name, argument in options.items():
        if name not in ("start", "steps"):
            raise DomainError(argument.span, f"`sde` has no argument `{name}`", FORM)
    if len(plain) != 2:
        raise DomainError(law.span, f"`sde` takes a drift and a diffusion, not {len(plain)} arguments", FORM)
    drift, _ = read.coefficient(plain[0], "drift")
    diffusion, shape = read.coefficient(plain[1], "diffusion")
    start, spread = (S.Zero, S.Zero) if "start" not in options else read.start(options["start"].value)
    steps = STEPS if "steps" not in options else read.steps(options["steps"].value)
    rank = len(shape)
    if not (drift.has(Coordinate) or diffusion.has(Coordinate)):
        return Diffusion("constant", drift, diffusion, rank, start, spread, steps)
    rates = [_rate(part, coordinates) for part in (drift, diffusion)]
    if rates[0] is not None and rates[1] is not None:
        return Diffusion("geometric", rates[0], rates[1], rank, start, spread, steps)
    return Diffusion("euler", drift, diffusion, rank, start, spread, steps)


class _Reader:
    def __init__(self, elaborator: Elaborator, scope: Scope) -> None:
        self.elaborator, self.scope = elaborator, scope

    def coefficient(self, node: tree.Expression, what: str) -> tuple[Expr, Shape]:
        """A drift or a diffusion, and its shape."""
        value, shape = self._value(node, what)
        allowed: tuple[Shape, ...] = ((), ("N",)) if what == "drift" else ((), ("N",), ("N", "N"))
        if shape not in allowed:
            message = f"the {what} is {' or '.join(map(describe, allowed))}, not {describe(shape)}"
            raise DomainError(node.span, message)
        return value, shape

    def start(self, node: tree.Expression) -> tuple[Expr, Expr]:
        """Mean and standard deviation of X at the first time."""
        if not (isinstance(node, tree.Call) and node.function.id == "normal"):
            return self._place(node), S.Zero
        if len(node.arguments) != 2 or any(isinstance(a, (tree.Keyword, tree.Binding)) for a in node.arguments):
            hint = "write normal(0, 1)"
            raise DomainError(node.span, "a normal law has a mean and a standard deviation", hint)
        mean, spread = (self._place(argument) for argument in node.arguments)
        if spread.is_number and not spread > 0:
            raise DomainError(node.span, f"the standard deviation of a normal law must be positive, not {spread}")
        return mean, spread

    def steps(self, node: tree.Expression) -> int:
        """How many steps Euler and Maruyama take."""
        value, shape = self._value(node, "number of steps")
        if shape or not value.is_Integer or not 1 <= value <= MAX_STEPS:
            raise DomainError(node.span, f"the number of steps is a whole number from 1 to {MAX_STEPS}")
        return int(value)

    def _place(self, node: tree.Expression) -> Expr:
        value, shape = self._value(node, "start")
        if shape not in ((), ("N",)) or value.has(Coordinate):
            what = describe(shape) if shape not in ((), ("N",)) else "one that depends on where it is"
            raise DomainError(
                node.span, f"a diffusion starts at a number, a vector of size N or a normal law, not {what}"
            )
        return value

    def _value(self, node: tree.Expression, what: str) -> tuple[Expr, Shape]:
        value, shape = self.elaborator.expression(node, self.scope)
        if value.has(Partial, Coefficient):
            raise DomainError(
                node.span, f"the {what} of a law is known before anything is computed: it has no unknowns"
            )
        return value, shape


def _rate(value: Expr, coordinates: Coordinates) -> Expr | None:
    """c, where `value` is c·x by entries with c free of coordinates; None where it is not."""
    if value == 0:
        return S.Zero
    own = Coordinate(slot(0)) if coordinates.vector else Coordinate(Integer(1))
    if not coordinates.vector and len(coordinates.names) > 1:
        return None
    rate = expand(value / own)
    return None if rate.has(Coordinate) else rate


def follow(law: Diffusion, dim: int, elapsed: float, here: Point, draw: Random) -> list[float]:
    """About a point of the law, for questions of the compiler, to which only matters where points can lie: exact where
    the law is, but for the correlation of entries; else one step. Raises ValueError where that has no value in double
    precision, and NotRealError, which is one, where a root of the drift or the diffusion is not real."""
    try:
        x = _followed(law, dim, elapsed, here, draw)
    except (OverflowError, ZeroDivisionError) as error:
        raise ValueError(str(error)) from None
    if not all(map(math.isfinite, x)):
        raise ValueError("too far away")
    return x


def _followed(law: Diffusion, dim: int, elapsed: float, here: Point, draw: Random) -> list[float]:
    start, spread = _entries(law.start, dim, here, 0), _entries(law.spread, dim, here, 0)
    x = [m + s * draw.gauss(0, 1) for m, s in zip(start, spread)]
    if law.kind == "start":
        return x
    there = replace(here, x=x)
    drift, diffusion = _entries(law.drift, dim, there, 0), _entries(law.diffusion, dim, there, law.rank)
    noise = [s * math.sqrt(elapsed) * draw.gauss(0, 1) for s in diffusion]
    if law.kind == "geometric":
        return [a * math.exp((m - s**2 / 2) * elapsed + n) for a, m, s, n in zip(x, drift, diffusion, noise)]
    return [a + m * elapsed + n for a, m, n in zip(x, drift, noise)]


def _entries(value: Expr, dim: int, here: Point, rank: int) -> Sequence[float]:
    """The entries of a vector, of the diagonal of a matrix, or a scalar as often as there are entries."""
    if not value.free_symbols & {slot(0), slot(1)}:
        return [evaluate(value, here)[0]] * dim
    count = min(dim, MAX_ENTRIES)
    found = []
    for k in range(1, count + 1):
        index = {"s0": Integer(k), "s1": Integer(k)} if rank == 2 else {"s0": Integer(k)}
        found.append(evaluate(at(value, **index), here)[0])
    return [found[k % count] for k in range(dim)]
