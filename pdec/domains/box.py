"""The box: lower <= x <= upper in every coordinate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Domain, EmptyError, Flat, Places, check_finite, log_sum
from pdec.domains.laws import Draw, Held, Law, Solid

MAX_SURFACES = 100


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
        check_finite(**{"an end of a box": self.lower})
        check_finite(**{"an end of a box": self.upper})
        for low, high in zip(self.lower, self.upper):
            if low >= high:
                raise ValueError(f"the lower end of an interval must be below the upper one: [{low:g}, {high:g}]")

    def ends(self, k: int) -> tuple[float, float]:
        """Lower and upper end of coordinate k, from 0."""
        return self.lower[k % len(self.lower)], self.upper[k % len(self.upper)]

    def interior(self, dim: int) -> Draw:
        """Uniform in volume."""
        return Draw("uniform_box", dim, (("lower", self.lower), ("upper", self.upper)))

    def boundary(self, dim: int) -> Draw:
        """Uniform on the faces: each is chosen in proportion to its area."""
        return Draw("uniform_box_boundary", dim, (("lower", self.lower), ("upper", self.upper)))

    def solid(self, dim: int) -> Solid:
        return Solid("box_depth", dim, (("lower", self.lower), ("upper", self.upper)))

    def log_volume(self, dim: int) -> float:
        return math.fsum(self._log_sides(dim))

    def log_area(self, dim: int) -> float:
        sides = self._log_sides(dim)
        return math.log(2) + math.fsum(sides) + log_sum([-side for side in sides])

    def _log_sides(self, dim: int) -> list[float]:
        sides = [math.log(high - low) for low, high in zip(self.lower, self.upper)]
        return sides * dim if len(sides) == 1 else sides

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.lower, self.upper

    def surfaces(self, dim: int) -> tuple[Flat, ...] | None:
        """A pair for each coordinate; none in many dimensions, where the product is too small to be of use."""
        if dim > MAX_SURFACES:
            return None
        ends = ((k, self.ends(k)) for k in range(dim))
        return tuple(Flat(sign, end, k) for k, (low, high) in ends for sign, end in ((-1, low), (1, high)))

    def parts(self, dim: int) -> dict[str, Domain]:
        return {}

    def sliced(self, dim: int, places: Places) -> Box:
        held = dict(places)
        for k, value in places:
            if not self.ends(k)[0] <= value <= self.ends(k)[1]:
                raise EmptyError("the box has no points there")
        if len(self.lower) == 1:
            return self
        left = [ends for k, ends in enumerate(zip(self.lower, self.upper)) if k not in held]
        return Box(*zip(*left))

    def faces(self, dim: int, axis: int, value: float) -> tuple[Law, float] | None:
        if value not in self.ends(axis):
            return None
        places = ((axis, value),)
        if dim == 1:
            return Held(None, places), 0.0
        face = self.sliced(dim, places)
        return Held(face.interior(dim - 1), places), face.log_volume(dim - 1)

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        sides = [f"[{low:g}, {high:g}]" for low, high in zip(self.lower, self.upper)]
        return f"box {sides[0]} in every coordinate" if len(sides) == 1 else f"box {' × '.join(sides)}"
