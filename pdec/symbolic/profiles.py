"""Unknowns of fewer coordinates: q(x) beside u(x, t), s(t), k(x, y) in three dimensions.

The name of such an unknown says what it depends on, so that calculus knows its derivatives: one along a coordinate that
is not among those is zero, and one along an index is a sum over those that are, ∂ᵢk = δᵢ₁ ∂₁k + δᵢ₂ ∂₂k.
"""

from __future__ import annotations

from sympy import Expr, Integer, S
from sympy.core.symbol import Str

from pdec.problem import ALL, Along, Coordinates, Unknown
from pdec.symbolic.atoms import TIME, Axis, Coordinate, Delta, Partial


class Profile(Str):  # type: ignore[misc]
    """The name of an unknown that does not depend on all coordinates."""

    __slots__ = ("along",)

    def __new__(cls, name: str, along: Along) -> Profile:
        found: Profile = super().__new__(cls, name)
        found.along = along
        return found

    def __getnewargs__(self) -> tuple[str, Along]:
        return self.name, self.along

    def _hashable_content(self) -> tuple[object, ...]:
        return self.name, self.along


def name_of(unknown: Unknown) -> Str:
    """The name of an unknown as its derivatives hold it."""
    return Str(unknown.name) if unknown.along.whole else Profile(unknown.name, unknown.along)


def along_of(partial: Partial) -> Along:
    """What the unknown of a derivative depends on."""
    name = partial.args[0]
    return name.along if isinstance(name, Profile) else ALL


def directions(partial: Partial, axis: Axis) -> list[tuple[Axis, Expr]]:
    """∂/∂(axis) of an unknown as a sum over axes with weights: the axis itself, for one that depends on it."""
    along = along_of(partial)
    if axis == TIME:
        return [(axis, S.One)] if along.time else []
    if along.space is None:
        return [(axis, S.One)]
    weights = ((Integer(k), Delta(axis, Integer(k))) for k in along.space)
    return [(one, weight) for one, weight in weights if weight != 0]


def beyond(expression: Expr, along: Along, coordinates: Coordinates) -> str:
    """A coordinate that an expression depends on and that is none of `along`, by name; empty where there is none."""
    axes = {leaf.axis for leaf in expression.atoms(Coordinate)}
    if TIME in axes and not along.time:
        return str(coordinates.time)
    if along.space is None:
        return ""
    for axis in sorted(axes - {TIME}, key=str):
        if axis not in map(Integer, along.space):
            numbered = isinstance(axis, Integer)
            return Along((int(axis),), False).names(coordinates)[0] if numbered else ", ".join(coordinates.names)
    return ""


def phrase(names: tuple[str, ...]) -> str:
    """`x`, `x and y`, `x, y and z`."""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
