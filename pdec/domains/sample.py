"""Laws and solids in plain Python: the compiler asks where points lie, and must not import torch for it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pdec.budget import spend
from pdec.domains.base import EmptyError, entry
from pdec.domains.laws import Beside, Check, Draw, Held, Kept, Law, Mixed, Solid

BUDGET = 2_000_000
"""Coordinates that one Sampler looks at, at most: about a second of work."""
COORDINATES = 50
"""So many of them cost one unit of the allowance of a text."""
MAX_WORK = 100_000
TRIES = 2000
LEAST_TRIES = 16
ENOUGH = 20
LEAST_SHARE = 0.005
"""A set that keeps fewer of the points tried is taken for empty: drawing from it would take too long."""
TOLERANCE = 1e-8

Depth = tuple[float, list[float]]
"""How deep a point lies in a solid, and the outward normal at the nearest place of its surface."""


@dataclass(slots=True)
class Sampler:
    """Draws from laws, with a bound on all the work it does."""

    random: random.Random
    budget: int = BUDGET

    def point(self, law: Law) -> list[float]:
        """A point of the law. Raises EmptyError where none is found, or the budget is used up."""
        match law:
            case Draw(function, dim, arguments):
                self._spend(dim)
                return _DRAWS[function](self.random, dim, **dict(arguments))
            case Beside(laws):
                return [number for part in laws for number in self.point(part)]
            case Mixed(shares, laws):
                return self.point(self.random.choices(laws, shares)[0])
            case Held(inner, places):
                x = self.point(inner) if inner is not None else []
                for k, value in places:
                    x.insert(k, value)
                return x
            case Kept(inner, checks):
                while True:
                    x = self.point(inner)
                    if self.passes(x, checks):
                        return x

    def passes(self, x: Sequence[float], checks: Sequence[Check]) -> bool:
        """Whether a point passes all of the checks."""
        return all(self._passes(x, check) for check in checks)

    def _passes(self, x: Sequence[float], check: Check) -> bool:
        self._spend(len(x) * _size(check.solids))
        step = TOLERANCE * check.scale
        depth, normal = depth_at(check.solids[0], x)
        match check.kind:
            case "inside":
                return depth >= 0
            case "outside":
                return depth <= 0
            case "within":
                return depth > step
            case "edge":
                if abs(depth) > step / 4:
                    return False
                below = [a - step * n for a, n in zip(x, normal)]
                above = [a + step * n for a, n in zip(x, normal)]
                return depth_at(check.solids[0], below)[0] > 0 > depth_at(check.solids[0], above)[0]
            case _:
                depths = [depth_at(solid, x)[0] for solid in check.solids]
                count = sum(d >= 0 if check.kind == "once_inside" else abs(d) <= step / 4 for d in depths)
                return self.random.random() * count < 1

    def _spend(self, work: int) -> None:
        spend(work / COORDINATES)
        self.budget -= work
        if self.budget < 0:
            raise EmptyError("there are no points here, or so few that hardly any is found by trying")


def sampler(seed: int = 20230425) -> Sampler:
    """A new one; the same seed gives the same points."""
    return Sampler(random.Random(seed))


@lru_cache(256)
def acceptance(law: Kept, tries: int = TRIES) -> float:
    """The share of the points of `law.law` that pass its checks, estimated."""
    draw = sampler()
    try:
        dim = len(draw.point(law.law))
        count = min(tries, max(LEAST_TRIES, MAX_WORK // (dim * sum(1 + _size(check.solids) for check in law.checks))))
        return sum(draw.passes(draw.point(law.law), law.checks) for _ in range(count)) / count
    except EmptyError:
        return 0.0


def found(law: Law) -> bool:
    """Whether points of a law are found without trying too often: it stops when it has seen enough of them."""
    draw, seen = sampler(), 0
    try:
        if not isinstance(law, Kept):
            draw.point(law)
            return True
        for tried in range(1, TRIES + 1):
            seen += draw.passes(draw.point(law.law), law.checks)
            if seen >= ENOUGH or (tried >= LEAST_TRIES and draw.budget < BUDGET - MAX_WORK):
                return seen >= LEAST_SHARE * tried
    except EmptyError:
        return False
    return seen >= LEAST_SHARE * TRIES


def kept(law: Law, *checks: Check) -> Law:
    """Points of `law` that pass more checks; one rejection rather than two."""
    if not checks:
        return law
    return Kept(law.law, (*law.checks, *checks)) if isinstance(law, Kept) else Kept(law, checks)


def depth_at(solid: Solid, x: Sequence[float]) -> Depth:
    """How deep a point lies inside, and the outward normal at the nearest place of the surface."""
    if not solid.members:
        return _DEPTHS[solid.function](x, **dict(solid.arguments))
    if solid.function == "crossed":
        return _crossed(solid, x)
    found = [depth_at(member, x) for member in solid.members]
    if solid.function == "joined":
        return max(found, key=lambda pair: pair[0])
    if solid.function == "without":
        found = [found[0], *((-depth, [-n for n in normal]) for depth, normal in found[1:])]
    return min(found, key=lambda pair: pair[0])


def _size(solids: Sequence[Solid]) -> int:
    return sum(1 + _size(solid.members) for solid in solids)


def _crossed(solid: Solid, x: Sequence[float]) -> Depth:
    start, best, normal = 0, math.inf, [0.0] * len(x)
    for member in solid.members:
        depth, own = depth_at(member, x[start : start + member.dim])
        if depth < best:
            best, normal = depth, [*[0.0] * start, *own, *[0.0] * (len(x) - start - member.dim)]
        start += member.dim
    return best, normal


# --- the functions of pdec.runtime.sampling


def _direction(draw: random.Random, dim: int) -> list[float]:
    while True:
        direction = [draw.gauss(0, 1) for _ in range(dim)]
        length = math.hypot(*direction)
        if length > 0:
            return [d / length for d in direction]


def _at_radius(draw: random.Random, dim: int, radius: float, center: Any) -> list[float]:
    return [entry(center, k) + radius * d for k, d in enumerate(_direction(draw, dim))]


def _uniform_annulus(draw: random.Random, dim: int, *, inner: float, outer: float, center: Any) -> list[float]:
    hollow = (inner / outer) ** dim
    share = hollow + (1 - hollow) * draw.random()
    return _at_radius(draw, dim, outer * share ** (1 / dim), center)


def _box(draw: random.Random, dim: int, *, lower: Any, upper: Any) -> list[float]:
    return [draw.uniform(lower[k % len(lower)], upper[k % len(upper)]) for k in range(dim)]


def _box_boundary(draw: random.Random, dim: int, *, lower: Any, upper: Any) -> list[float]:
    x = _box(draw, dim, lower=lower, upper=upper)
    weights = [1 / (high - low) for low, high in zip(lower, upper)]
    axis = draw.randrange(dim) if len(lower) == 1 else draw.choices(range(dim), weights)[0]
    x[axis] = draw.choice((lower, upper))[axis % len(lower)]
    return x


_DRAWS: dict[str, Callable[..., list[float]]] = {
    "uniform_ball": lambda draw, dim, *, radius, center: _at_radius(
        draw, dim, radius * draw.random() ** (1 / dim), center
    ),
    "radial_ball": lambda draw, dim, *, radius, center: _at_radius(draw, dim, radius * draw.random(), center),
    "uniform_sphere": lambda draw, dim, *, radius, center: _at_radius(draw, dim, radius, center),
    "uniform_annulus": _uniform_annulus,
    "radial_annulus": lambda draw, dim, *, inner, outer, center: _at_radius(
        draw, dim, draw.uniform(inner, outer), center
    ),
    "uniform_box": _box,
    "uniform_box_boundary": _box_boundary,
    "normal_space": lambda draw, dim, *, mean, std: [draw.gauss(entry(mean, k), entry(std, k)) for k in range(dim)],
}

# --- the functions of pdec.runtime.geometry


def _offset(x: Sequence[float], center: Any) -> tuple[float, list[float]]:
    offset = [a - entry(center, k) for k, a in enumerate(x)]
    length = math.hypot(*offset)
    return length, [o / length for o in offset] if length else [1.0, *[0.0] * (len(x) - 1)]


def _ball_depth(x: Sequence[float], *, radius: float, center: Any) -> Depth:
    distance, outward = _offset(x, center)
    return radius - distance, outward


def _sphere_depth(x: Sequence[float], *, radius: float, center: Any) -> Depth:
    distance, outward = _offset(x, center)
    return -abs(radius - distance), outward


def _annulus_depth(x: Sequence[float], *, inner: float, outer: float, center: Any) -> Depth:
    distance, outward = _offset(x, center)
    if distance - inner < outer - distance:
        return distance - inner, [-o for o in outward]
    return outer - distance, outward


def _box_depth(x: Sequence[float], *, lower: Any, upper: Any) -> Depth:
    depth, axis, sign = math.inf, 0, 1.0
    for k, a in enumerate(x):
        for gap, side in ((a - lower[k % len(lower)], -1.0), (upper[k % len(upper)] - a, 1.0)):
            if gap < depth:
                depth, axis, sign = gap, k, side
    return depth, [sign if k == axis else 0.0 for k in range(len(x))]


_DEPTHS: dict[str, Callable[..., Depth]] = {
    "ball_depth": _ball_depth,
    "sphere_depth": _sphere_depth,
    "annulus_depth": _annulus_depth,
    "box_depth": _box_depth,
    "space_depth": lambda x: (math.inf, [0.0] * len(x)),
}
