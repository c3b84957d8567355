"""What a domain is: a name, a law for points inside, and one for points on the boundary where there is a boundary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Draw:
    """How points are drawn: a function of `pdec.runtime.sampling` and its keyword arguments, in order.

    Values are numbers or tuples of numbers, so that generated code can spell them out.
    """

    function: str
    arguments: tuple[tuple[str, float | tuple[float, ...]], ...]


class Domain(Protocol):
    """A region of space, of whatever dimension. A new one is a class of this kind and a row in DOMAINS."""

    name: ClassVar[str]

    def interior(self) -> Draw:
        """The law of collocation points and of held-out points."""

    def boundary(self) -> Draw | None:
        """The law of points on the boundary; None where there is none."""

    def describe(self) -> str:
        """The domain and its law in words, on one line."""


def check_finite(**numbers: float) -> None:
    """Raise ValueError naming the first number that is infinite or not a number."""
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"{name} must be a finite number, not {number}")
