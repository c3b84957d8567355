"""The whole space R^N. It has no uniform law, so one must be named to say where points are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pdec.domains.base import Draw, check_finite

LAWS = ("normal",)


@dataclass(frozen=True, slots=True)
class WholeSpace:
    """R^N with independent coordinates, each normal with the given mean and standard deviation.

    Raises ValueError where the law is not one of LAWS, `std` is not positive or a number is not finite.
    """

    name: ClassVar[str] = "space"

    law: str = "normal"
    mean: float = 0.0
    std: float = 1.0

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            raise ValueError(f"the law of a whole space is one of {', '.join(LAWS)}, not `{self.law}`")
        check_finite(mean=self.mean, std=self.std)
        if self.std <= 0:
            raise ValueError(f"the standard deviation of a normal law must be positive, not {self.std:g}")

    def interior(self) -> Draw:
        """Normal in every coordinate."""
        return Draw("normal_space", (("mean", self.mean), ("std", self.std)))

    def boundary(self) -> None:
        """There is none."""

    def describe(self) -> str:
        return f"whole space, points drawn from {self.law}({self.mean:g}, {self.std:g})"
