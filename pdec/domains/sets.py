"""Point sets: where an equation or a condition holds, the law of its points, and whose outward normal is meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pdec.domains.annulus import Annulus
from pdec.domains.ball import Ball
from pdec.domains.base import Domain, EmptyError, Flat, Places, Round, Surface
from pdec.domains.box import Box
from pdec.domains.combine import Difference, Intersection, is_surface, scale_of
from pdec.domains.laws import Check, Draw, Held, Kept, Law
from pdec.domains.product import Product
from pdec.domains.sample import LEAST_SHARE, acceptance, depth_at, found, kept, sampler
from pdec.domains.sphere import Sphere

MAX_MERGED = 16
"""Products of boxes are boxes up to this dimension."""


@dataclass(frozen=True, slots=True)
class PointSet:
    """Points by `law`. `solid` is the domain whose outward normal `dn` means there (None: there is no normal).

    `text` says in words where the points are, `name` is how the file says so, if it does (`in core`). `surfaces` are
    functions, positive inside of `solid`, whose product vanishes on the set and nowhere else inside (None: none known).
    """

    law: Law
    solid: Domain | None
    text: str
    surfaces: tuple[Surface, ...] | None = None
    name: str = ""

    @property
    def surface(self) -> Surface | None:
        """The one sphere or plane on which all points lie, where they do."""
        if self.surfaces is None or len(self.surfaces) != 1:
            return None
        (only,) = self.surfaces
        return None if isinstance(only, Round) and only.beside else only


def inside(domain: Domain, dim: int) -> PointSet:
    """The inside. Raises EmptyError."""
    law = domain.interior(dim)
    _found(law)
    return PointSet(law, domain if is_surface(domain) else None, domain.describe())


def boundary(domain: Domain, dim: int) -> PointSet:
    """The whole boundary. Raises EmptyError where there is none."""
    law = domain.boundary(dim)
    if law is None:
        raise EmptyError("there is no boundary")
    _found(law)
    return PointSet(law, domain, f"boundary of {domain.describe()}", domain.surfaces(dim))


def within(domain: Domain, region: Domain, dim: int, name: str) -> PointSet:
    """Where an equation holds that is given `in` a region. Raises EmptyError."""
    return replace(inside(Intersection((region, domain)), dim), name=f"in {name}")


def beyond(domain: Domain, region: Domain, dim: int, name: str) -> PointSet:
    """Where an equation holds that is given `outside` a region. Raises EmptyError."""
    return replace(inside(difference(domain, region), dim), name=f"outside {name}")


def on_part(domain: Domain, name: str, dim: int) -> PointSet:
    """A named part of the domain's own boundary."""
    part = domain.parts(dim)[name]
    law = part.interior(dim)
    return PointSet(law, domain, part.describe(), _surface_of(part, domain, law, dim), f"on {name}")


def on_region(domain: Domain, region: Domain, dim: int, name: str, *, made_of: bool) -> PointSet:
    """The surface of a region: as far as it lies on the domain's boundary, where the domain is `made_of` the region;
    else as far as it lies inside, an interface whose normal leads out of the region, or on the boundary where none
    does. Raises EmptyError.
    """
    surface = region.interior(dim) if is_surface(region) else region.boundary(dim)
    if surface is None:
        raise EmptyError("a whole space has no surface")
    scale = scale_of(domain, dim)
    solid = domain.solid(dim)
    interface = kept(surface, Check("within", (solid,), scale))
    contributed = kept(surface, Check("edge", (solid,), scale))
    inner = 0.0 if made_of else share_of(interface)
    if inner >= LEAST_SHARE:
        law = interface if inner < 1 else surface
        return PointSet(
            law, region, f"surface of {region.describe()}", _surface_of(region, region, law, dim), f"on {name}"
        )
    if not found(contributed):
        raise EmptyError(f"no part of the surface of `{name}` lies in the domain or on its boundary")
    own = _surface_of(region, domain, contributed, dim)
    return PointSet(contributed, domain, f"boundary of {region.describe()}", own, f"on {name}")


def held_fast(domain: Domain, dim: int, places: Places) -> PointSet:
    """Points where coordinates are held fast: of the flat piece of the boundary there, if there is one; else of all of
    the domain. Raises EmptyError where the domain has no points there, and is no box.
    """
    text = "points with " + ", ".join(f"coordinate {k + 1} = {value:g}" for k, value in places)
    face = domain.faces(dim, *places[0]) if len(places) == 1 else None
    if face is not None:
        ((axis, value),) = places
        outward = {depth_at(domain.solid(dim), x)[1][axis] for x in some(face[0], 4 if isinstance(domain, Box) else 16)}
        surfaces = (Flat(round(outward.pop()), value, axis),) if len(outward) == 1 else None
        return PointSet(face[0], domain, text, surfaces)
    if len(places) == dim:
        return PointSet(Held(None, places), None, text)
    if isinstance(domain, Box):
        left = (
            Box(*zip(*(domain.ends(k) for k in range(dim) if k not in dict(places))))
            if len(domain.lower) > 1
            else domain
        )
        return PointSet(Held(left.interior(dim - len(places)), places), None, text)
    law = domain.sliced(dim, places).interior(dim - len(places))
    _found(law)
    return PointSet(Held(law, places), None, text)


def some(law: Law, count: int = 16) -> list[list[float]]:
    """A few points. Raises EmptyError."""
    draw = sampler()
    return [draw.point(law) for _ in range(count)]


def _surface_of(region: Domain, solid: Domain, law: Law, dim: int) -> tuple[Round] | None:
    """The sphere that a round region is the inside of, or is itself, with the sign that it has as a boundary of
    `solid`: found by comparing normals at a few points."""
    if not isinstance(region, (Ball, Sphere)):
        return None
    own = Sphere(region.radius, region.center).solid(dim)
    signs = set()
    for x in some(law, 4):
        here, there = depth_at(own, x)[1], depth_at(solid.solid(dim), x)[1]
        signs.add(1 if sum(a * b for a, b in zip(here, there)) > 0 else -1)
    return (Round(signs.pop(), region.radius, region.center, 0, dim),) if len(signs) == 1 else None


def share_of(law: Law) -> float:
    """The share of points tried that are kept."""
    return acceptance(law) if isinstance(law, Kept) else 1.0


def _found(law: Law) -> None:
    """Raise EmptyError where a law finds no points, or hardly any."""
    if not isinstance(law, Draw) and not found(law):
        raise EmptyError("there are no points here, or so few that hardly any is found by trying")


# --- simpler forms of what a file may write


def product(factors: list[tuple[Domain, int]]) -> Domain:
    """A product; of boxes in few dimensions a box, and a product in a product is one product."""
    flat: list[tuple[Domain, int]] = []
    for factor, dim in factors:
        flat += factor.factors if isinstance(factor, Product) else ((factor, dim),)
    boxes = [(factor, dim) for factor, dim in flat if isinstance(factor, Box)]
    if len(boxes) == len(flat) and sum(dim for _, dim in flat) <= MAX_MERGED:
        ends = [box.ends(k) for box, dim in boxes for k in range(dim)]
        return Box(*zip(*ends))
    return Product(tuple(flat))


def difference(first: Domain, second: Domain) -> Domain:
    """A difference; of two balls about one center an annulus, which needs no rejection in any dimension."""
    if isinstance(first, Ball) and isinstance(second, Ball) and first.center == second.center:
        if second.radius >= first.radius:
            raise EmptyError("nothing is left: the ball that is taken away is not the smaller one")
        return Annulus(second.radius, first.radius, first.center)
    return Difference((*first.members, second) if isinstance(first, Difference) else (first, second))


def interval_of(domain: Domain, axis: int) -> tuple[float, float] | None:
    """The ends of a coordinate (from 0) that runs over the same interval whatever the others are; else None."""
    if isinstance(domain, Box):
        return domain.ends(axis)
    if isinstance(domain, Product):
        start = 0
        for factor, own in domain.factors:
            if start <= axis < start + own:
                return interval_of(factor, axis - start)
            start += own
    return None
