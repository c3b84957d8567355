"""What the names of a `.pde` file stand for while it is elaborated."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from sympy import Dummy, Expr
from sympy.core.symbol import Str

from pdec.diagnostics import Diagnostic, PdeError, Source, Span
from pdec.language import tree
from pdec.symbolic.operators import Shape, Size

MAX_NODES = 100_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A checked expression: its shape, and how to build it. Nothing is built until everything is checked."""

    shape: Shape
    build: Callable[[], Expr]


@dataclass(frozen=True, slots=True)
class UnknownName:
    name: Str
    shape: Shape


@dataclass(frozen=True, slots=True)
class CoordinateName:
    """A space coordinate: number `axis` from 1, or all of them as a vector where `axis` is 0; time where it is -1."""

    axis: int


@dataclass(frozen=True, slots=True)
class NumberName:
    """A parameter or the dimension: a symbol whose number is known when the problem is made."""

    symbol: Expr


@dataclass(frozen=True, slots=True)
class IndexName:
    """An index and the numbers it runs over; a `let C[i, j]` index is an axis of the result."""

    symbol: Dummy | Expr
    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class LetName:
    definition: tree.Let
    scope: Scope


@dataclass(frozen=True, slots=True)
class ValueName:
    """An argument of a `let` while its body is elaborated, or a random vector."""

    value: Typed


Entity: TypeAlias = UnknownName | CoordinateName | NumberName | IndexName | LetName | ValueName


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and what they stand for. `Scope.with_` makes an inner scope; nothing is ever changed."""

    names: dict[str, Entity] = field(default_factory=dict)

    def with_(self, **names: Entity) -> Scope:
        return Scope({**self.names, **names})


@dataclass(slots=True)
class Findings:
    """What elaboration collects as it goes: diagnostics, names used, where derivatives were written, work done."""

    source: Source
    dim: int
    diagnostics: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    derivatives: list[tuple[Span, Typed]] = field(default_factory=list)
    nodes: int = 0

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Note a diagnostic; the same one twice (a `let` used twice) is noted once."""
        diagnostic = Diagnostic(self.source, span, code, message, hint)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def raise_errors(self) -> None:
        """Raise PdeError if any error was noted."""
        if any(diagnostic.severity == "error" for diagnostic in self.diagnostics):
            raise PdeError(self.diagnostics)

    def count_node(self, span: Span) -> None:
        """Bound the work: definitions that double in each line would otherwise grow without end."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.report(span, "E003", f"the definitions unfold to more than {MAX_NODES} operations")
            raise PdeError(self.diagnostics)

    def size(self, number: int) -> Size:
        """A size as shapes hold it: the dimension of space is always "N"."""
        return "N" if number == self.dim else number


def names_of(scope: Scope, kinds: type | tuple[type, ...] = object) -> Iterable[str]:
    """The names in scope that stand for the given kinds of things."""
    return [name for name, entity in scope.names.items() if isinstance(entity, kinds)]
