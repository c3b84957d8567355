"""How points are drawn, as data: laws, and the solids that points are tested against.

Code generation writes a law as nested calls of functions of `pdec.runtime.sampling` and `pdec.runtime.geometry`;
`pdec.domains.sample` draws from the same law in plain Python, for the compiler's own questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = float | tuple[float, ...]
Arguments: TypeAlias = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """A function of `pdec.runtime.sampling` that draws points of `dim` coordinates, and its keyword arguments in order.

    Values are numbers or tuples of numbers, so that generated code can spell them out.
    """

    function: str
    dim: int
    arguments: Arguments = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Independent points whose coordinates stand side by side: the law of a product."""

    laws: tuple[Law, ...]


@dataclass(frozen=True, slots=True)
class Mixed:
    """Each point by one of several laws, chosen by its share; the shares add up to one."""

    shares: tuple[float, ...]
    laws: tuple[Law, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The points of `law` that pass every check: rejection."""

    law: Law
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """The points of `law` (None: no coordinate is left) with coordinates put in between: (column from 0, value)."""

    law: Law | None
    places: tuple[tuple[int, float], ...]


Law: TypeAlias = Draw | Beside | Mixed | Kept | Held


@dataclass(frozen=True, slots=True)
class Solid:
    """A set with an inside: a function of `pdec.runtime.geometry` that gives, for points x (B, dim), how deep each lies
    inside (below zero: outside) and the outward unit normal at the nearest place of the surface.

    One without `members` is asked about the points themselves, one with members combines what those answer.
    """

    function: str
    dim: int
    arguments: Arguments = ()
    members: tuple[Solid, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """What a point must be: `inside` or `outside` a solid, well `within` it (not on its surface), on its `edge`; or, of
    points drawn in or on several solids at once, taken `once_inside` or `once_on`: with one chance in as many.

    `scale` is the size of the numbers in a point, by which rounding is judged.
    """

    kind: str
    solids: tuple[Solid, ...]
    scale: float = 1.0
