"""Where an equation or a condition holds: `on x = 0`, `on inner`, `on hole`, `in core`, `outside core`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from sympy import Expr, Integer

from pdec.diagnostics import Span, nearest
from pdec.domains import Box, Domain, EmptyError, WholeSpace
from pdec.domains.base import Round
from pdec.domains.combine import is_surface
from pdec.domains.sets import PointSet, beyond, boundary, held_fast, on_part, on_region, within
from pdec.language import tree
from pdec.symbolic.atoms import TIME, Coordinate, Delta, Normal, slot
from pdec.symbolic.domain import DomainError, DomainReader
from pdec.symbolic.elaborate import Elaborator
from pdec.symbolic.indices import axis_of
from pdec.symbolic.mentions import names_in
from pdec.symbolic.operators import stacked
from pdec.symbolic.restrict import exactly
from pdec.symbolic.scope import CoordinateName, Scope, names_of

Fixed: TypeAlias = tuple[tuple[int, float], ...]
"""Coordinates that are held fast: (number from 1, value)."""


@dataclass(frozen=True, slots=True)
class Places:
    """Reads where statements hold. What cannot be is a diagnostic with the code E204."""

    elaborator: Elaborator
    scope: Scope
    reader: DomainReader
    space: tree.Space
    domain: Domain
    number: Callable[[tree.Expression], float]

    def of_condition(self, node: tree.Condition) -> tuple[PointSet | None, Fixed]:
        """The points of a condition (None: all of the domain), and the coordinates that are held fast there."""
        if node.within is not None:
            return self._in_a_region(node, node.within), ()
        if node.places:
            names = [place for place in node.places if isinstance(place, tree.Name)]
            if not names:
                fixed = tuple(self._fixed(place) for place in node.places if isinstance(place, tree.Place))
                return self._found(node.places[0].span.to(node.places[-1].span), lambda: self._held(node, fixed)), fixed
            return self._part(node, names[0]), ()
        if node.kind != "boundary":
            return None, ()
        if self.domain.boundary(self.dim) is None:
            message = f"there is no boundary: the domain is the {self.domain.describe()}"
            self._stop(node.span, message, "leave this line away, or choose a bounded domain")
        return self._found(self.space.domain.span, lambda: boundary(self.domain, self.dim)), ()

    def of_equation(self, node: tree.Equation) -> PointSet | None:
        """The points of an equation that holds in a region only; None: it holds in all of the domain."""
        return None if node.within is None else self._region_of(node.within)

    @property
    def dim(self) -> int:
        return self.elaborator.findings.dim

    # --- the kinds of places

    def _in_a_region(self, node: tree.Condition, where: tree.Within) -> PointSet:
        if node.kind == "boundary":
            message = "a boundary condition holds on something, not in it"
            self._stop(where.span, message, f"write `on {where.region.id}` for its surface")
        if node.places:
            self._stop(where.span, "a condition holds `in` a region or `on` a place, not both")
        if node.hard:
            self._stop(where.span, "a hard condition holds in all of the domain", "leave `hard` away")
        return self._region_of(where)

    def _region_of(self, where: tree.Within) -> PointSet:
        region = self._region(where.region)
        if is_surface(region):
            self._stop(where.span, f"`{where.region.id}` is a surface: it has no inside")
        if where.outside and isinstance(self.domain, WholeSpace) and self.domain.law == "sde":
            message = "points drawn along a diffusion cannot be kept outside of a region"
            self._stop(where.span, message, "write normal(0, 1) in place of the diffusion")
        make = beyond if where.outside else within
        return self._found(where.span, lambda: make(self.domain, region, self.dim, where.region.id))

    def _part(self, node: tree.Condition, name: tree.Name) -> PointSet:
        if len(node.places) > 1:
            hint = "for points that two parts have in common, write their coordinates: on x = 0, y = 0"
            self._stop(name.span, "a part of the boundary stands alone after `on`", hint)
        if node.kind != "boundary":
            hint = f"write `in {name.id}` for its inside, or `boundary`"
            self._stop(name.span, f"`{node.kind}` does not hold on a surface", hint)
        if name.id not in (*self.reader.regions, *self.domain.parts(self.dim)):
            self._stop_unknown(name)
        if name.id in self.reader.regions:
            region = self._region(name)
            made_of = name.id in self._used(self.space.domain)
            return self._found(name.span, lambda: on_region(self.domain, region, self.dim, name.id, made_of=made_of))
        return self._found(name.span, lambda: on_part(self.domain, name.id, self.dim))

    def _stop_unknown(self, name: tree.Name) -> NoReturn:
        coordinates = list(names_of(self.scope, CoordinateName))
        known = [*self.reader.regions, *self.domain.parts(self.dim)]
        hint = nearest(name.id, known) or (f"there are {', '.join(known)}" if known else "write a place, `on x = 0`")
        if name.id in coordinates:
            hint = f"write where the coordinate is held fast: `on {name.id} = 0`"
        self._stop(name.span, f"`{name.id}` is no region and no part of the boundary", hint)

    def _used(self, node: tree.Expression) -> set[str]:
        """The regions that a domain is made of, of whatever depth."""
        found: set[str] = set()
        waiting = [name.id for name in names_in(node)]
        while waiting:
            name = waiting.pop()
            if name in self.reader.regions and name not in found:
                found.add(name)
                waiting += [inner.id for inner in names_in(self.reader.regions[name].domain)]
        return found

    def _region(self, name: tree.Name) -> Domain:
        try:
            found = self.reader.region(name)
        except DomainError as error:
            self._stop(error.span, error.message, error.hint)
        if found.dim != self.dim:
            self._stop(name.span, f"`{name.id}` has dimension {found.dim}, and the domain {self.dim}")
        return found.domain

    def _held(self, node: tree.Condition, places: Fixed) -> PointSet:
        if len({axis for axis, _ in places}) < len(places):
            self._stop(node.places[0].span.to(node.places[-1].span), "a coordinate is held fast twice")
        return held_fast(self.domain, self.dim, tuple(sorted((axis - 1, value) for axis, value in places)))

    def _fixed(self, place: tree.Place) -> tuple[int, float]:
        """The number of the coordinate that is held fast, and its value."""
        axes = axis_of(self.elaborator, place.coordinate, self.scope)
        self.elaborator.findings.raise_errors()
        assert axes is not None
        if axes[0] == TIME:
            hint = "values at the first or last time are `initial` and `terminal` conditions"
            self._stop(place.span, "a place is in space", hint)
        axis, value = int(axes[0]), self.number(place.value)
        domain = self.domain
        if isinstance(domain, Box) and not domain.ends(axis - 1)[0] <= value <= domain.ends(axis - 1)[1]:
            low, high = domain.ends(axis - 1)
            message = f"this place is outside the domain, where the coordinate runs from {low:g} to {high:g}"
            self.elaborator.findings.report(place.span, "W402", message)
        return axis, value

    # --- helpers

    def _found(self, span: Span, make: Callable[[], PointSet]) -> PointSet:
        """What `make` makes, or a diagnostic where there are no points."""
        try:
            return make()
        except EmptyError as error:
            self._stop(span, str(error), f"the domain is the {self.domain.describe()}")
        except ValueError as error:
            self._stop(span, str(error))

    def _stop(self, span: Span, message: str, hint: str = "") -> NoReturn:
        self.elaborator.findings.stop(span, "E204", message, hint)


def normal_of(where: PointSet | None) -> Expr | None:
    """The outward unit normal on a point set, with `slot(0)` free; None where there is none."""
    if where is None or where.solid is None:
        return None
    if where.surface is None:
        return Normal(slot(0))
    if isinstance(where.surface, Round):
        center = where.surface.center
        middle = stacked([exactly(c) for c in center]) if isinstance(center, tuple) else exactly(center)
        return where.surface.sign * (Coordinate(slot(0)) - middle) / exactly(where.surface.radius)
    return where.surface.sign * Delta(slot(0), Integer(where.surface.axis + 1))
