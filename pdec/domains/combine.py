"""Union, intersection and difference. Points are drawn by rejection, with bounded work.

Inside: points of one member that lie in, or outside, the others. On the boundary: points of the boundaries of all
members, chosen by measure, that lie on the boundary of the result. Measures are estimated by the same means, from a
fixed seed, to a few per cent; only how often each kind of member is chosen in a product depends on them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, cast

from pdec.domains.annulus import Annulus
from pdec.domains.ball import Ball
from pdec.domains.base import Domain, EmptyError, Places, Round, Surface, log_sum, shares
from pdec.domains.box import Box
from pdec.domains.laws import Check, Kept, Law, Mixed, Solid
from pdec.domains.sample import LEAST_SHARE, acceptance, kept

MAX_MEMBERS = 16


@dataclass(frozen=True, slots=True)
class _Combined:
    """What the three have in common: `members`, in order."""

    name: ClassVar[str] = ""

    members: tuple[Domain, ...]

    def __post_init__(self) -> None:
        if len(self.members) < 2:
            raise ValueError(f"`{self.name}` takes at least two domains")
        if sum(len(member.leaves(1)) for member in self.members) > MAX_MEMBERS:
            raise ValueError(f"a domain is made of at most {MAX_MEMBERS} others")
        for leaf in (leaf for member in self.members for leaf in member.leaves(1)):
            if is_surface(leaf):
                raise ValueError(f"a {leaf.name} is a surface: it has no inside to be joined, shared or taken away")

    def boundary(self, dim: int) -> Law | None:
        """Points of the members' boundaries, by measure, that lie on this one."""
        return _boundary(self, dim)

    def log_volume(self, dim: int) -> float:
        return _log_volume(self, dim)

    def log_area(self, dim: int) -> float:
        law = _boundary(self, dim)
        if law is None:
            return -math.inf
        areas = [leaf.log_area(dim) for leaf in self.leaves(dim)]
        return log_sum(areas) + math.log(max(acceptance(law, 20_000), 1e-300)) if isinstance(law, Kept) else math.inf

    def parts(self, dim: int) -> dict[str, Domain]:
        return {}

    def faces(self, dim: int, axis: int, value: float) -> tuple[Law, float] | None:
        found = [face for leaf in self.leaves(dim) if (face := leaf.faces(dim, axis, value)) is not None]
        if not found:
            return None
        laws, logs = zip(*found)
        law = kept(
            laws[0] if len(laws) == 1 else Mixed(shares(list(logs)), laws), *edge_checks(cast(Domain, self), dim)
        )
        assert isinstance(law, Kept)
        share = acceptance(law)
        return None if share < LEAST_SHARE else (law, log_sum(list(logs)) + math.log(share))

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return tuple(leaf for member in self.members for leaf in member.leaves(dim))


@dataclass(frozen=True, slots=True)
class Union(_Combined):
    """All points of any member."""

    name: ClassVar[str] = "union"

    def __post_init__(self) -> None:
        super(Union, self).__post_init__()
        if any(leaf.name == "space" for leaf in self.leaves(1)):
            raise ValueError("a whole space has everything already: nothing can be joined to it")

    def interior(self, dim: int) -> Law:
        """Uniform: a point that lies in k members comes k times as often, and is kept with the chance 1/k."""
        volumes = [member.log_volume(dim) for member in self.members]
        law = Mixed(shares(volumes), tuple(member.interior(dim) for member in self.members))
        return kept(law, Check("once_inside", tuple(member.solid(dim) for member in self.members)))

    def solid(self, dim: int) -> Solid:
        return Solid("joined", dim, (), tuple(member.solid(dim) for member in self.members))

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return _bounds(self.members, dim, min, max)

    def surfaces(self, dim: int) -> None:
        """Not known: the product would vanish inside as well."""

    def sliced(self, dim: int, places: Places) -> Domain:
        left = _slices(self.members, dim, places)
        if not left:
            raise EmptyError("the union has no points there")
        return Union(left) if len(left) > 1 else left[0]

    def describe(self) -> str:
        return " together with ".join(member.describe() for member in self.members)


@dataclass(frozen=True, slots=True)
class Intersection(_Combined):
    """The points that all members have in common."""

    name: ClassVar[str] = "intersection"

    def interior(self, dim: int) -> Law:
        """Points of the smallest member that lie in the others."""
        smallest = self.smallest(dim)
        others = [member for member in self.members if member is not smallest]
        return kept(smallest.interior(dim), *(Check("inside", (other.solid(dim),)) for other in others))

    def smallest(self, dim: int) -> Domain:
        """The member of least volume."""
        return min(self.members, key=lambda member: member.log_volume(dim))

    def solid(self, dim: int) -> Solid:
        return Solid("common", dim, (), tuple(member.solid(dim) for member in self.members))

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return _bounds(self.members, dim, max, min)

    def surfaces(self, dim: int) -> tuple[Surface, ...] | None:
        found: list[Surface] = []
        for member in self.members:
            surfaces = member.surfaces(dim)
            if surfaces is None:
                return None
            found += surfaces
        return tuple(dict.fromkeys(found))

    def sliced(self, dim: int, places: Places) -> Domain:
        left = _slices(self.members, dim, places)
        if len(left) < len(self.members):
            raise EmptyError("the intersection has no points there")
        return Intersection(left)

    def describe(self) -> str:
        return "common part of " + " and ".join(member.describe() for member in self.members)


@dataclass(frozen=True, slots=True)
class Difference(_Combined):
    """The points of the first member that lie in none of the others."""

    name: ClassVar[str] = "difference"

    def interior(self, dim: int) -> Law:
        """Points of the first member outside the others."""
        first, *others = self.members
        return kept(first.interior(dim), *(Check("outside", (other.solid(dim),)) for other in others))

    def solid(self, dim: int) -> Solid:
        return Solid("without", dim, (), tuple(member.solid(dim) for member in self.members))

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.members[0].bounds(dim)

    def surfaces(self, dim: int) -> tuple[Surface, ...] | None:
        """Known where only balls and annuli are taken away: the function of a box vanishes beyond the box as well, that
        of an intersection beyond the other members."""
        first, *others = self.members
        found = first.surfaces(dim)
        for other in others:
            if found is None or not isinstance(other, (Ball, Annulus)):
                return None
            surface, *more = other.surfaces(dim)
            found = (*found, replace(surface, sign=-surface.sign), *more)
        return found

    def sliced(self, dim: int, places: Places) -> Domain:
        first, *others = self.members
        left = _slices(tuple(others), dim, places)
        own = first.sliced(dim, places)
        return Difference((own, *left)) if left else own

    def describe(self) -> str:
        return " without ".join(member.describe() for member in self.members)


def is_surface(domain: Domain) -> bool:
    """Whether a domain has no inside: a sphere, or a product with one."""
    factors = getattr(domain, "factors", ())
    return domain.name == "sphere" or any(is_surface(factor) for factor, _ in factors)


def scale_of(domain: Domain, dim: int) -> float:
    """The size of the numbers in its points."""
    finite = [abs(end) for ends in domain.bounds(dim) for end in ends if math.isfinite(end)]
    return max(finite, default=1.0) or 1.0


def edge_checks(domain: Domain, dim: int) -> tuple[Check, ...]:
    """What points of the leaves' boundaries must be, to be points of the boundary of the whole, uniformly."""
    scale = scale_of(domain, dim)
    edge = Check("edge", (domain.solid(dim),), scale)
    if not _touching(domain, dim):
        return (edge,)
    return edge, Check("once_on", tuple(leaf.solid(dim) for leaf in domain.leaves(dim)), scale)


def _touching(domain: Domain, dim: int) -> bool:
    """Whether surfaces of two leaves may coincide on more than a line."""
    return any(_coincide(a, b, dim) for a, b in itertools.combinations(domain.leaves(dim), 2))


def _coincide(first: Domain, second: Domain, dim: int) -> bool:
    """Faces of boxes across one coordinate, spheres of one center and radius; of products it is not looked at."""
    if isinstance(first, Box) and isinstance(second, Box):
        sides = range(max(len(first.lower), len(second.lower)))
        return any({*first.ends(k)} & {*second.ends(k)} for k in sides)
    if first.name == "product" or second.name == "product":
        return True
    if isinstance(first, Box) or isinstance(second, Box):
        return False
    spheres = [
        {(s.radius, s.center) for s in leaf.surfaces(dim) or () if isinstance(s, Round)} for leaf in (first, second)
    ]
    return bool(spheres[0] & spheres[1])


@lru_cache(256)
def _boundary(domain: Domain, dim: int) -> Law | None:
    edges = [(leaf.boundary(dim), leaf.log_area(dim)) for leaf in domain.leaves(dim)]
    laws = [(law, log) for law, log in edges if law is not None]
    if not laws:
        return None
    mixed = Mixed(shares([log for _, log in laws]), tuple(law for law, _ in laws)) if len(laws) > 1 else laws[0][0]
    return kept(mixed, *edge_checks(domain, dim))


@lru_cache(256)
def _log_volume(domain: Domain, dim: int) -> float:
    law = domain.interior(dim)
    share = acceptance(law, 20_000) if isinstance(law, Kept) else 1.0
    if share == 0:
        raise EmptyError("there are no points here, or so few that hardly any is found by trying")
    return _log_tried(domain, dim) + math.log(share)


def _log_tried(domain: Domain, dim: int) -> float:
    """The logarithm of the measure of what points are drawn in before any is rejected."""
    if isinstance(domain, Union):
        return log_sum([member.log_volume(dim) for member in domain.members])
    if isinstance(domain, Intersection):
        return _log_tried(domain.smallest(dim), dim)
    return _log_tried(domain.members[0], dim) if isinstance(domain, Difference) else domain.log_volume(dim)


def _bounds(
    members: tuple[Domain, ...], dim: int, lowest: Callable[..., float], highest: Callable[..., float]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    ends = [member.bounds(dim) for member in members]
    size = max(len(low) for low, _ in ends)
    lower = tuple(lowest(low[k % len(low)] for low, _ in ends) for k in range(size))
    return lower, tuple(highest(high[k % len(high)] for _, high in ends) for k in range(size))


def _slices(members: tuple[Domain, ...], dim: int, places: Places) -> tuple[Domain, ...]:
    """The slices of those members that have points there."""
    found = []
    for member in members:
        try:
            found.append(member.sliced(dim, places))
        except EmptyError:
            continue
    return tuple(found)
