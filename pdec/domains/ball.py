"""The ball: |x - center| <= radius. In one dimension it is an interval, and its boundary two points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Draw, check_finite

LAWS = ("uniform", "radial")


@dataclass(frozen=True, slots=True)
class Ball:
    """All points within `radius` of the point whose coordinates all equal `center`.

    `law` says how points inside are drawn: "uniform" in volume, or "radial", with a uniform radius. In many dimensions
    almost all of the volume lies at the surface, and only the radial law sees the interior. Raises ValueError where the
    radius is not positive, a number is not finite, or the law is not known.
    """

    name: ClassVar[str] = "ball"

    radius: float = 1.0
    center: float = 0.0
    law: str = "uniform"

    def __post_init__(self) -> None:
        check_finite(radius=self.radius, center=self.center)
        if self.radius <= 0:
            raise ValueError(f"the radius of a ball must be positive, not {self.radius:g}")
        if self.law not in LAWS:
            raise ValueError(f"points of a ball are drawn by the law {' or '.join(LAWS)}, not {self.law}")

    def interior(self) -> Draw:
        """By the law: uniform in volume, or in the radius."""
        return Draw(f"{self.law}_ball", (("radius", self.radius), ("center", self.center)))

    def boundary(self) -> Draw:
        """Uniform on the sphere."""
        return Draw("uniform_sphere", (("radius", self.radius), ("center", self.center)))

    def describe(self) -> str:
        where = f" about {self.center:g}" if self.center else ""
        law = ", radius drawn uniformly" if self.law == "radial" else ""
        return f"ball of radius {self.radius:g}{where}{law}"
