"""The ball: |x - center| <= radius. In one dimension it is an interval, and its boundary two points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import (
    Domain,
    EmptyError,
    Places,
    Round,
    check_finite,
    entry,
    log_ball_volume,
    log_sphere_area,
    shown,
    without,
)
from pdec.domains.laws import Draw, Solid, Value

LAWS = ("uniform", "radial")


@dataclass(frozen=True, slots=True)
class Ball:
    """All points within `radius` of the center: a point, or a number for a point whose coordinates are all equal.

    `law` says how points inside are drawn: "uniform" in volume, or "radial", with a uniform radius. In many dimensions
    almost all of the volume lies at the surface, and only the radial law sees the interior. Raises ValueError where the
    radius is not positive, a number is not finite, or the law is not known.
    """

    name: ClassVar[str] = "ball"

    radius: float = 1.0
    center: Value = 0.0
    law: str = "uniform"

    def __post_init__(self) -> None:
        check_finite(radius=self.radius, center=self.center)
        if self.radius <= 0:
            raise ValueError(f"the radius of a ball must be positive, not {self.radius:g}")
        if self.law not in LAWS:
            raise ValueError(f"points of a ball are drawn by the law {' or '.join(LAWS)}, not {self.law}")

    def interior(self, dim: int) -> Draw:
        """By the law: uniform in volume, or in the radius."""
        return Draw(f"{self.law}_ball", dim, (("radius", self.radius), ("center", self.center)))

    def boundary(self, dim: int) -> Draw:
        """Uniform on the sphere."""
        return Draw("uniform_sphere", dim, (("radius", self.radius), ("center", self.center)))

    def solid(self, dim: int) -> Solid:
        return Solid("ball_depth", dim, (("radius", self.radius), ("center", self.center)))

    def log_volume(self, dim: int) -> float:
        return log_ball_volume(self.radius, dim)

    def log_area(self, dim: int) -> float:
        return log_sphere_area(self.radius, dim)

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        centers = self.center if isinstance(self.center, tuple) else (self.center,)
        return tuple(c - self.radius for c in centers), tuple(c + self.radius for c in centers)

    def surfaces(self, dim: int) -> tuple[Round, ...]:
        return (Round(1, self.radius, self.center, 0, dim),)

    def parts(self, dim: int) -> dict[str, Domain]:
        return {}

    def sliced(self, dim: int, places: Places) -> Ball:
        return Ball(left_over(self.radius, self.center, places), without(self.center, places), self.law)

    def faces(self, dim: int, axis: int, value: float) -> None:
        """There are none."""

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        law = ", radius drawn uniformly" if self.law == "radial" else ""
        return f"ball of radius {self.radius:g}{shown(self.center)}{law}"


def left_over(radius: float, center: Value, places: Places) -> float:
    """The radius of what a ball has left where coordinates are held fast. Raises EmptyError where that is no ball."""
    offsets = [value - entry(center, k) for k, value in places]
    square = radius * radius - sum(offset * offset for offset in offsets)  # `**` raises where a square is infinite
    if not square > 0:
        raise EmptyError("the ball has no points there")
    return math.sqrt(square)
