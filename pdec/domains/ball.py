"""The ball: |x - center| <= radius. In one dimension it is an interval, and its boundary two points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Draw, check_finite


@dataclass(frozen=True, slots=True)
class Ball:
    """All points within `radius` of the point whose coordinates all equal `center`.

    Raises ValueError where the radius is not positive or a number is not finite.
    """

    name: ClassVar[str] = "ball"

    radius: float = 1.0
    center: float = 0.0

    def __post_init__(self) -> None:
        check_finite(radius=self.radius, center=self.center)
        if self.radius <= 0:
            raise ValueError(f"the radius of a ball must be positive, not {self.radius:g}")

    def interior(self) -> Draw:
        """Uniform in volume."""
        return Draw("uniform_ball", (("radius", self.radius), ("center", self.center)))

    def boundary(self) -> Draw:
        """Uniform on the sphere."""
        return Draw("uniform_sphere", (("radius", self.radius), ("center", self.center)))

    def describe(self) -> str:
        where = f" about {self.center:g}" if self.center else ""
        return f"ball of radius {self.radius:g}{where}"
