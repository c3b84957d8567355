"""The box: lower <= x <= upper in every coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Draw, check_finite


@dataclass(frozen=True, slots=True)
class Box:
    """A product of intervals. Tuples of length one mean the same interval in every coordinate, whatever the dimension.

    Raises ValueError where the tuples differ in length, an interval is empty or a number is not finite.
    """

    name: ClassVar[str] = "box"

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.lower or len(self.lower) != len(self.upper):
            raise ValueError(
                f"a box needs a lower and an upper end for each side, not {len(self.lower)} and {len(self.upper)}"
            )
        for low, high in zip(self.lower, self.upper):
            check_finite(**{"an end of a box": low})
            check_finite(**{"an end of a box": high})
            if low >= high:
                raise ValueError(f"the lower end of an interval must be below the upper one: [{low:g}, {high:g}]")

    def ends(self, k: int) -> tuple[float, float]:
        """Lower and upper end of coordinate k, from 0."""
        return self.lower[k % len(self.lower)], self.upper[k % len(self.upper)]

    def interior(self) -> Draw:
        """Uniform in volume."""
        return Draw("uniform_box", (("lower", self.lower), ("upper", self.upper)))

    def boundary(self) -> Draw:
        """Uniform on the faces: each is chosen in proportion to its area."""
        return Draw("uniform_box_boundary", (("lower", self.lower), ("upper", self.upper)))

    def describe(self) -> str:
        sides = [f"[{low:g}, {high:g}]" for low, high in zip(self.lower, self.upper)]
        return f"box {sides[0]} in every coordinate" if len(sides) == 1 else f"box {' × '.join(sides)}"
