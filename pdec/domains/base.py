"""What a domain answers, of whatever dimension, and the shapes of its surface."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, TypeAlias

from pdec.domains.laws import Law, Solid, Value

Places: TypeAlias = tuple[tuple[int, float], ...]
"""Coordinates that are held fast: (number from 0, value), in the order of the numbers."""


class EmptyError(ValueError):
    """A set without points, or with so few that none can be found by trying."""


@dataclass(frozen=True, slots=True)
class Round:
    """sign·(radius² - |x - center|²) over the coordinates first, …, first + count - 1 (from 0): zero on a sphere, or on
    a cylinder where there are coordinates `beside` those, so many."""

    sign: int
    radius: float
    center: Value
    first: int
    count: int
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Flat:
    """sign·(value - x) for the coordinate `axis` (from 0): zero on a plane."""

    sign: int
    value: float
    axis: int


Surface: TypeAlias = Round | Flat
"""A piece of a boundary as the zeros of a function that is positive inside."""


class Domain(Protocol):
    """A region of space. A new one is a class of this kind and a row in DOMAINS; `dim` is the dimension of space.

    Domains are data: what they answer is data again, from which code is written and questions are answered.
    """

    name: ClassVar[str]

    def interior(self, dim: int) -> Law:
        """The law of collocation points and of held-out points."""

    def boundary(self, dim: int) -> Law | None:
        """The law of points on the boundary, uniform by measure; None where there is none."""

    def solid(self, dim: int) -> Solid:
        """How deep a point lies inside, and the outward normal."""

    def log_volume(self, dim: int) -> float:
        """The logarithm of the measure of the inside; of a surface, of its own measure. Infinite where it is."""

    def log_area(self, dim: int) -> float:
        """The logarithm of the measure of the boundary; -inf where there is none."""

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Lower and upper ends of a box around the domain; one number each where all coordinates have the same."""

    def surfaces(self, dim: int) -> tuple[Surface, ...] | None:
        """Functions positive inside whose product vanishes on the boundary and there alone; None: none are known."""

    def parts(self, dim: int) -> Mapping[str, Domain]:
        """Pieces of the boundary that have a name, as surfaces."""

    def sliced(self, dim: int, places: Places) -> Domain:
        """What is left of the domain where coordinates are held fast, in the other coordinates. Raises EmptyError."""

    def faces(self, dim: int, axis: int, value: float) -> tuple[Law, float] | None:
        """The law of points on flat pieces of the boundary across a coordinate, and the logarithm of their measure."""

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        """The simple domains that it is made of, by union, intersection and difference."""

    def describe(self) -> str:
        """The domain and its law in words, on one line."""


def uniform(domain: Domain) -> Domain:
    """The domain with points uniform in volume, whatever the law that it has for collocation points."""
    return replace(domain, law="uniform") if getattr(domain, "law", "uniform") == "radial" else domain  # type: ignore


def check_finite(**numbers: Value) -> None:
    """Raise ValueError naming the first number that is infinite or not a number."""
    for name, value in numbers.items():
        for number in value if isinstance(value, tuple) else (value,):
            if not math.isfinite(number):
                raise ValueError(f"{name} must be a finite number, not {number}")


def shown(center: Value) -> str:
    """` about (0.5, 0)`; nothing for the origin."""
    if isinstance(center, tuple):
        return f" about ({', '.join(f'{c:g}' for c in center)})" if any(center) else ""
    return f" about {center:g}" if center else ""


def entry(value: Value, k: int) -> float:
    """Entry k, from 0, of a number for each coordinate or one for all."""
    return value[k] if isinstance(value, tuple) else value


def without(value: Value, places: Places) -> Value:
    """The entries of the coordinates that are not held fast."""
    if not isinstance(value, tuple) or len(value) == 1:
        return value
    held = dict(places)
    return tuple(v for k, v in enumerate(value) if k not in held)


def log_ball_volume(radius: float, dim: int) -> float:
    """Of |x| <= radius."""
    return dim / 2 * math.log(math.pi) - math.lgamma(dim / 2 + 1) + dim * math.log(radius)


def log_sphere_area(radius: float, dim: int) -> float:
    """Of |x| = radius: two points in one dimension."""
    return math.log(dim) + log_ball_volume(radius, dim) - math.log(radius)


def log_sum(logs: list[float]) -> float:
    """The logarithm of the sum of numbers given by their logarithms."""
    top = max(logs, default=-math.inf)
    if math.isinf(top):
        return top
    return top + math.log(math.fsum(math.exp(log - top) for log in logs))


def shares(logs: list[float]) -> tuple[float, ...]:
    """Numbers given by their logarithms as parts of their sum."""
    total = log_sum(logs)
    return tuple(math.exp(log - total) for log in logs)
