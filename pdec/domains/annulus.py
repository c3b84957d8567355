"""The annulus, or shell: inner <= |x - center| <= outer, in any number of dimensions (in one: two intervals)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.ball import Ball, left_over
from pdec.domains.base import (
    Domain,
    EmptyError,
    Places,
    Round,
    check_finite,
    log_ball_volume,
    log_sphere_area,
    log_sum,
    shares,
    shown,
    without,
)
from pdec.domains.laws import Draw, Mixed, Solid, Value
from pdec.domains.sphere import Sphere

LAWS = ("uniform", "radial")


@dataclass(frozen=True, slots=True)
class Annulus:
    """What a ball has left without a smaller one about the same center.

    `law`: "uniform" in volume, or "radial", with a uniform radius. Raises ValueError where the radii are not positive
    and in order, a number is not finite, or the law is not known.
    """

    name: ClassVar[str] = "annulus"

    inner: float
    outer: float
    center: Value = 0.0
    law: str = "uniform"

    def __post_init__(self) -> None:
        check_finite(inner=self.inner, outer=self.outer, center=self.center)
        if not 0 < self.inner < self.outer:
            raise ValueError(
                f"the inner radius of an annulus lies between 0 and the outer one: {self.inner:g}, {self.outer:g}"
            )
        if self.law not in LAWS:
            raise ValueError(f"points of an annulus are drawn by the law {' or '.join(LAWS)}, not {self.law}")

    def interior(self, dim: int) -> Draw:
        """By the law: uniform in volume, or in the radius."""
        radii = (("inner", self.inner), ("outer", self.outer))
        return Draw(f"{self.law}_annulus", dim, (*radii, ("center", self.center)))

    def boundary(self, dim: int) -> Mixed:
        """Uniform on the two spheres, each chosen in proportion to its area."""
        spheres = self.parts(dim).values()
        areas = shares([sphere.log_volume(dim) for sphere in spheres])
        return Mixed(areas, tuple(sphere.interior(dim) for sphere in spheres))

    def solid(self, dim: int) -> Solid:
        radii = (("inner", self.inner), ("outer", self.outer))
        return Solid("annulus_depth", dim, (*radii, ("center", self.center)))

    def log_volume(self, dim: int) -> float:
        return log_ball_volume(self.outer, dim) + math.log(-math.expm1(dim * math.log(self.inner / self.outer)))

    def log_area(self, dim: int) -> float:
        return log_sum([log_sphere_area(self.inner, dim), log_sphere_area(self.outer, dim)])

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return Ball(self.outer, self.center).bounds(dim)

    def surfaces(self, dim: int) -> tuple[Round, ...]:
        return (Round(-1, self.inner, self.center, 0, dim), Round(1, self.outer, self.center, 0, dim))

    def parts(self, dim: int) -> dict[str, Domain]:
        return {"inner": Sphere(self.inner, self.center), "outer": Sphere(self.outer, self.center)}

    def sliced(self, dim: int, places: Places) -> Annulus | Ball:
        center, outer = without(self.center, places), left_over(self.outer, self.center, places)
        try:
            return Annulus(left_over(self.inner, self.center, places), outer, center, self.law)
        except EmptyError:
            return Ball(outer, center, self.law)

    def faces(self, dim: int, axis: int, value: float) -> None:
        """There are none."""

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        law = ", radius drawn uniformly" if self.law == "radial" else ""
        return f"annulus between radius {self.inner:g} and {self.outer:g}{shown(self.center)}{law}"
