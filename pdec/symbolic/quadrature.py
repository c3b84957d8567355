"""Integrals, means and expectations in plain Python, each with an estimate of its error: for the slow interpreter.

The error is the difference of two rules, of which the better one gives the value; of a mean over random points, a tenth
of its standard error, as the interpreter's errors are bounds of which many times are allowed.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
import sys
from collections.abc import Callable, Iterable, Sequence

from sympy import Dummy, Expr, Integer

from pdec.domains import Ball, Box, Domain
from pdec.domains.base import entry, uniform
from pdec.domains.sample import Sampler
from pdec.symbolic.atoms import DIM, Average, Expectation, Noise, depends, fresh
from pdec.symbolic.elsewhere import Integral
from pdec.symbolic.sums import contract

PIECES = (1, 2, 4, 8)
"""An interval is halved until two results agree."""

ORDER = 16
DRAWS = 1000
AGREE = 1e-13
SMALL = (12, 16)
"""Nodes along each of two coordinates."""

Rule = Sequence[tuple[Sequence[float], float]]
"""Nodes, each a vector, and their weights, whose sum is one."""

Value = tuple[float, float]


@functools.cache
def legendre(count: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of the Gauss rule for the mean over [0, 1], by Newton's method on Legendre polynomials."""
    found = []
    for k in range(count):
        x = math.cos(math.pi * (k + 0.75) / (count + 0.5))
        for _ in range(50):
            before, here = 1.0, x
            for n in range(2, count + 1):
                before, here = here, ((2 * n - 1) * x * here - (n - 1) * before) / n
            slope = count * (x * here - before) / (x * x - 1) if count > 1 else 1.0
            step = here / slope
            x -= step
            if abs(step) < 1e-16:
                break
        found.append(((x + 1) / 2, 1 / ((1 - x * x) * slope * slope)))
    return tuple(found)


@functools.cache
def interval(pieces: int, order: int = ORDER) -> Rule:
    """The mean over [0, 1] by a Gauss rule on each of so many pieces."""
    return [(((k + x) / pieces,), w / pieces) for k in range(pieces) for x, w in legendre(order)]


@functools.cache
def normal(pieces: int) -> Rule:
    """The mean over a standard normal number: equal steps, which converge faster than any power.

    They reach the farther the more there are: rules for a function with much of its mean in the tails must not agree
    by leaving them out.
    """
    count = 14 + 6 * pieces
    nodes = [(9 + pieces) * k / count for k in range(-count, count + 1)]
    total = math.fsum(math.exp(-x * x / 2) for x in nodes)
    return [((x,), math.exp(-x * x / 2) / total) for x in nodes]


@functools.cache
def falling(pieces: int) -> Rule:
    """The mean over an exponential number."""
    return [((40 * x,), w * 40 * math.exp(-40 * x)) for (x,), w in interval(2 * pieces)]


def squared(rule: Rule) -> Rule:
    """The mean over pairs of independent numbers."""
    return [((x, y), v * w) for ((x,), v), ((y,), w) in itertools.product(rule, repeat=2)]


def disc(order: int) -> Rule:
    """The mean over the unit disc: a Gauss rule for the radius, equal angles."""
    angles = [2 * math.pi * k / order for k in range(order)]
    radii = interval(1, order)
    return [((r * math.cos(a), r * math.sin(a)), 2 * r * w / order) for (r,), w in radii for a in angles]


def rules_for(average: Average, domain: Domain | None, dim: int) -> Iterable[Rule]:
    """Better and better rules for an average over something else than an interval with limits of its own."""
    if isinstance(average, Expectation):
        size = size_of(average, dim)
        if size > 2:
            generator = random.Random(20230425)
            return [[([generator.gauss(0, 1) for _ in range(size)], 1 / DRAWS) for _ in range(DRAWS)]]
        return map(normal, PIECES) if size == 1 else (squared(normal(pieces)) for pieces in (1, 2))
    if domain is None:
        raise ValueError("there is no domain here")
    if isinstance(domain, Box) and dim <= 2:
        ends = [domain.ends(k) for k in range(dim)]
        found = map(interval, PIECES) if dim == 1 else (squared(interval(1, order)) for order in SMALL)
        return ([(tuple(a + (b - a) * x for x, (a, b) in zip(node, ends)), w) for node, w in rule] for rule in found)
    if isinstance(domain, Ball) and dim <= 2:
        center = [entry(domain.center, k) for k in range(dim)]
        halves = ([((2 * x - 1,), w) for (x,), w in interval(n)] for n in PIECES)
        rules = halves if dim == 1 else map(disc, SMALL)
        return ([(tuple(c + domain.radius * x for x, c in zip(node, center)), w) for node, w in r] for r in rules)
    sampler, law = Sampler(random.Random(20230425), budget=sys.maxsize), uniform(domain).interior(dim)
    return [[(sampler.point(law), 1 / DRAWS) for _ in range(DRAWS)]]


def size_of(average: Average, dim: int) -> int:
    """The number of entries of the variable."""
    if isinstance(average, Expectation):
        return int(average.size.xreplace({DIM: Integer(dim)}))
    return 1 if isinstance(average, Integral) else dim


def mean_by(rules: Iterable[Rule], value: Callable[[Sequence[float]], Value]) -> Value:
    """The mean of a function by the first rule that agrees with the one before it, and the error of that."""
    before = None
    for rule in rules:
        values = [(value(node), weight) for node, weight in rule]
        mean = math.fsum(v * w for (v, _), w in values)
        scale = math.fsum(abs(v) * w for (v, _), w in values)
        rounding = math.fsum(e * w for (_, e), w in values) + 1e-15 * scale
        if before is None:
            squares = math.fsum((v - mean) ** 2 * w for (v, _), w in values)
            error = math.sqrt(squares / len(values)) / 10  # that of random points, if no other rule follows
        else:
            error = abs(mean - before)
            if error <= AGREE * scale:
                break
        before = mean
    return mean, error + rounding


def radial(average: Average) -> tuple[Expr, Dummy] | None:
    """The body as a function of the squared norm of its variable, where it is one."""
    index, square = fresh(), Dummy("square", positive=True)
    norm = contract(Noise(average.args[1], index) ** 2, (index, DIM))
    body = average.body.xreplace({norm: square})
    return None if depends(body, average.name) else (body, square)


def nodes_of(average: Average, dim: int) -> int:
    """About how many times the body of an average is evaluated."""
    return 3 * ORDER if size_of(average, dim) == 1 else DRAWS
