"""The sphere |x - center| = radius, as a set of its own: a surface, without an inside and without a boundary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.ball import left_over
from pdec.domains.base import Domain, Places, check_finite, log_sphere_area, shown, without
from pdec.domains.laws import Draw, Solid, Value


@dataclass(frozen=True, slots=True)
class Sphere:
    """All points at the distance `radius` from the center, a point or a number for all of its coordinates.

    Raises ValueError where the radius is not positive or a number is not finite.
    """

    name: ClassVar[str] = "sphere"

    radius: float = 1.0
    center: Value = 0.0

    def __post_init__(self) -> None:
        check_finite(radius=self.radius, center=self.center)
        if self.radius <= 0:
            raise ValueError(f"the radius of a sphere must be positive, not {self.radius:g}")

    def interior(self, dim: int) -> Draw:
        """Uniform on the sphere."""
        return Draw("uniform_sphere", dim, (("radius", self.radius), ("center", self.center)))

    def boundary(self, dim: int) -> None:
        """There is none."""

    def solid(self, dim: int) -> Solid:
        return Solid("sphere_depth", dim, (("radius", self.radius), ("center", self.center)))

    def log_volume(self, dim: int) -> float:
        return log_sphere_area(self.radius, dim)

    def log_area(self, dim: int) -> float:
        return -float("inf")

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        centers = self.center if isinstance(self.center, tuple) else (self.center,)
        return tuple(c - self.radius for c in centers), tuple(c + self.radius for c in centers)

    def surfaces(self, dim: int) -> None:
        """It has no boundary."""

    def parts(self, dim: int) -> dict[str, Domain]:
        return {}

    def sliced(self, dim: int, places: Places) -> Sphere:
        return Sphere(left_over(self.radius, self.center, places), without(self.center, places))

    def faces(self, dim: int, axis: int, value: float) -> None:
        """There are none."""

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        return f"sphere of radius {self.radius:g}{shown(self.center)}"
