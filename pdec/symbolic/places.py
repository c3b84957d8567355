"""The unknown at another place: `u(s)`, `u(x + z, t - tau)`, `u(t=0)`, `u_x(s, t)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sympy import Basic, Expr, Integer, Tuple

from pdec.diagnostics import Span
from pdec.domains import Box
from pdec.language import tree
from pdec.symbolic.atoms import Coordinate, Delta, slot
from pdec.symbolic.elsewhere import HERE, NOW, PLACE, moved
from pdec.symbolic.finite import value_of
from pdec.symbolic.indices import coordinates_in
from pdec.symbolic.operators import Shape, describe
from pdec.symbolic.scope import CoordinateName, Scope, Typed, UnknownName

if TYPE_CHECKING:
    from pdec.symbolic.elaborate import Elaborator


def unknown_at(elaborator: Elaborator, node: tree.Call, scope: Scope) -> Typed | None:
    """`u(x, t)` is u itself; of any other place, it is u there. The same for a derivative, `u_x(s, t)`."""
    target = elaborator.name(node.function, scope)
    entity = scope.names[node.function.id.split("_")[0]]
    assert isinstance(entity, UnknownName)
    if target is None:
        return None
    if _is_here(node, entity, scope):
        return target
    changes = _changes(elaborator, node, entity, scope)
    if changes is None:
        return None

    def build() -> Expr:
        for span, axis, typed in changes:
            _look(elaborator, span, axis, typed)
        findings = elaborator.findings
        return moved(target.build(), *_place(changes, findings.dim, 0 in findings.coordinates.values()))

    return elaborator.noted(node.span, Typed(target.shape, build))


def _is_here(node: tree.Call, entity: UnknownName, scope: Scope) -> bool:
    """Whether the arguments are the coordinates; time may stand where it likes, as nobody swaps it with space."""
    names = tuple(argument.id for argument in node.arguments if isinstance(argument, tree.Name))
    axes = [scope.names.get(name) for name in names]
    if len(names) != len(node.arguments) or not all(isinstance(axis, CoordinateName) for axis in axes):
        return False
    if sorted(names) != sorted(entity.arguments):
        return False
    times = [axis == CoordinateName(-1) for axis in axes]
    own = [scope.names.get(name) == CoordinateName(-1) for name in entity.arguments]
    return names == entity.arguments or times != own


_Change = tuple[Span, int, Typed]
"""Where a coordinate is given, its number as CoordinateName has it, and its value."""


def _changes(elaborator: Elaborator, node: tree.Call, entity: UnknownName, scope: Scope) -> list[_Change] | None:
    """The coordinates that the arguments give."""
    given: list[tuple[str, tree.Expression]] = []
    for position, argument in enumerate(node.arguments):
        if isinstance(argument, tree.Keyword):
            given.append((argument.name.id, argument.value))
        else:
            given.append((entity.arguments[position] if position < len(entity.arguments) else "", argument))
    keywords = sum(isinstance(argument, tree.Keyword) for argument in node.arguments)
    if keywords not in (0, len(given)) or (not keywords and len(given) != len(entity.arguments)) or not given:
        return _wrong_number(elaborator, node, entity, keywords)
    found: list[_Change] = []
    for name, value in given:
        typed = elaborator.check(value, scope)
        axis = _axis(elaborator, name, value, entity)
        if typed is None or axis is None:
            return None
        wanted: Shape = ("N",) if axis == 0 else ()
        if typed.shape != wanted:
            message = f"the place `{name}` of `{node.function.id}` is {describe(wanted)}, not {describe(typed.shape)}"
            return elaborator.report(value.span, "E104", message, _example(elaborator, node, entity))
        if any(axis == other or (0 in (axis, other) and -1 not in (axis, other)) for _, other, _ in found):
            return elaborator.report(value.span, "E103", f"the coordinate `{name}` is given twice")
        found.append((value.span, axis, typed))
    return found


def _axis(elaborator: Elaborator, name: str, value: tree.Expression, entity: UnknownName) -> int | None:
    """The number of a coordinate, by its name or, of an entry of a vector, by name and number: x1."""
    coordinates = elaborator.findings.coordinates
    if name in coordinates and (entity.along.whole or name in entity.arguments):
        return coordinates[name]
    base = name.rstrip("0123456789")
    if coordinates.get(base) == 0 and coordinates_in(name, Scope({base: CoordinateName(0)})):
        axis = int(name[len(base) :])
        if 1 <= axis <= elaborator.findings.dim and (base in entity.arguments or name in entity.arguments):
            return axis
    hint = f"the coordinates are {', '.join(coordinates if entity.along.whole else entity.arguments)}"
    return elaborator.report(value.span, "E103", f"`{name}` is not a coordinate of `{entity.name.name}`", hint)


def _wrong_number(elaborator: Elaborator, node: tree.Call, entity: UnknownName, keywords: int) -> None:
    takes, number = len(entity.arguments), len(node.arguments)
    wanted = f"a place for each of {', '.join(entity.arguments)}" if takes > 1 else f"a place for {entity.arguments[0]}"
    message = f"`{node.function.id}` takes {wanted}; {number or 'none'} {'is' if number == 1 else 'are'} given"
    hint = _example(elaborator, node, entity)
    if keywords:
        message = f"`{node.function.id}` takes places in order, or all by name"
    elif 0 < number < takes:
        given = (elaborator.findings.source.slice(argument.span) for argument in node.arguments)
        hint = f"write {node.function.id}({', '.join([*given, *entity.arguments[number:]])})"
    elaborator.report(node.span, "E103", message, hint)


def _example(elaborator: Elaborator, node: tree.Call, entity: UnknownName) -> str:
    """How a place is written."""
    name, coordinates = node.function.id, elaborator.findings.coordinates
    first = next((x for x in entity.arguments if coordinates.get(x, 1) >= 0), entity.arguments[0])
    others = ", ".join(f"2*{x}" if x == first else x for x in entity.arguments)
    one = f"{first}1" if coordinates.get(first) == 0 else first
    return f"write {name}({others}) for a place in order, {name}({one}=0) to change one coordinate"


def _look(elaborator: Elaborator, span: Span, axis: int, typed: Typed) -> None:
    """Warn of a coordinate that is a number outside the domain."""
    findings = elaborator.findings
    number = value_of(typed.build(), findings.constants) if axis else None
    ends = findings.interval if axis < 0 else None
    if axis > 0 and isinstance(findings.domain, Box):
        ends = findings.domain.ends(axis - 1)
    if number is None or ends is None or not number.is_real or ends[0] <= float(number) <= ends[1]:
        return
    message = f"this place is outside the domain, where the coordinate runs from {ends[0]:g} to {ends[1]:g}"
    findings.report(span, "W402", message, "no condition says what the unknown is there")


def _place(changes: Sequence[_Change], dim: int, vector: bool) -> tuple[Basic, Expr]:
    """Space and time of a place, as `At` has them; coordinates that are not changed are those of the point."""
    space, time = HERE, NOW
    values = {axis: typed.build() for _, axis, typed in changes}
    if -1 in values:
        time = values.pop(-1)
    if 0 in values:
        space = values.pop(0).xreplace({slot(0): PLACE})
    if not vector:
        return Tuple(*(values.get(k, Coordinate(Integer(k))) for k in range(1, dim + 1))), time
    for axis, value in values.items():
        space += (value - Coordinate(Integer(axis))) * Delta(PLACE, Integer(axis))
    return space, time
