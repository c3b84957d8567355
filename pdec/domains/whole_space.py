"""The whole space R^N. It has no uniform law, so one must be named to say where points are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Domain, Places, check_finite, without
from pdec.domains.laws import Draw, Solid, Value

LAWS = ("normal", "uniform", "sde")


@dataclass(frozen=True, slots=True)
class WholeSpace:
    """R^N with independent coordinates: normal with the given mean and standard deviation, or uniform between two ends.

    The law "sde" is no matter of the domain alone (see Diffusion in `pdec.problem`); what is answered here then are
    points of no meaning. Raises ValueError where the law is not one of LAWS, `std` is not positive, the ends are not in
    order or a number is not finite.
    """

    name: ClassVar[str] = "space"

    law: str = "normal"
    mean: Value = 0.0
    std: Value = 1.0
    ends: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            raise ValueError(f"the law of a whole space is one of {', '.join(LAWS)}, not `{self.law}`")
        check_finite(mean=self.mean, std=self.std)
        for std in self.std if isinstance(self.std, tuple) else (self.std,):
            if std <= 0:
                raise ValueError(f"the standard deviation of a normal law must be positive, not {std:g}")
        if self.ends is not None:
            check_finite(**{"an end of a uniform law": self.ends})
            if not self.ends[0] < self.ends[1]:
                raise ValueError("the lower end of a uniform law must be below the upper one")

    def interior(self, dim: int) -> Draw:
        """By the law, in every coordinate."""
        if self.ends is not None:
            return Draw("uniform_box", dim, (("lower", self.ends[:1]), ("upper", self.ends[1:])))
        return Draw("normal_space", dim, (("mean", self.mean), ("std", self.std)))

    def boundary(self, dim: int) -> None:
        """There is none."""

    def solid(self, dim: int) -> Solid:
        return Solid("space_depth", dim)

    def log_volume(self, dim: int) -> float:
        return math.inf

    def log_area(self, dim: int) -> float:
        return -math.inf

    def bounds(self, dim: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return (-math.inf,), (math.inf,)

    def surfaces(self, dim: int) -> tuple[()]:
        return ()

    def parts(self, dim: int) -> dict[str, Domain]:
        return {}

    def sliced(self, dim: int, places: Places) -> WholeSpace:
        return WholeSpace(self.law, without(self.mean, places), without(self.std, places), self.ends)

    def faces(self, dim: int, axis: int, value: float) -> None:
        """There are none."""

    def leaves(self, dim: int) -> tuple[Domain, ...]:
        return (self,)

    def describe(self) -> str:
        if self.law == "sde":
            return "whole space"
        if self.ends is not None:
            return f"whole space, points drawn from uniform({self.ends[0]:g}, {self.ends[1]:g})"
        return f"whole space, points drawn from {self.law}({_shown(self.mean)}, {_shown(self.std)})"


def _shown(value: Value) -> str:
    return f"[{', '.join(f'{v:g}' for v in value)}]" if isinstance(value, tuple) else f"{value:g}"
