"""What the names of a `.pde` file stand for while it is elaborated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias

from sympy import Dummy, Expr
from sympy.core.symbol import Str

from pdec.diagnostics import Diagnostic, PdeError, Source, Span
from pdec.domains import Domain
from pdec.language import tree
from pdec.problem import ALL, Along
from pdec.symbolic.operators import Shape, Size
from pdec.tables import Table

MAX_NODES = 10_000
MAX_DEPTH = 100
MAX_DIAGNOSTICS = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """A checked expression: its shape, and how to build it. Nothing is built until everything is checked."""

    shape: Shape
    build: Callable[[], Expr]


def fixed(value: Expr, shape: Shape = ()) -> Typed:
    """A value that has been built."""
    return Typed(shape, lambda: value)


@dataclass(frozen=True, slots=True)
class UnknownName:
    """An unknown, and its arguments in the order in which places are given: names of coordinates."""

    name: Str
    shape: Shape
    arguments: tuple[str, ...] = ()
    complex: bool = False
    along: Along = ALL


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
    """An argument of a `let` while its body is elaborated, or a random vector; made of so many `nodes`."""

    value: Typed
    nodes: int = 1


@dataclass(frozen=True, slots=True)
class TableEntity:
    """A table; of its `parameters`, as they are written, one that is the vector of coordinates stands for N numbers."""

    table: Table
    parameters: tuple[str, ...]


Entity: TypeAlias = TableEntity | UnknownName | CoordinateName | NumberName | IndexName | LetName | ValueName


@dataclass(frozen=True, slots=True)
class Scope:
    """Names and what they stand for. `Scope.with_` makes an inner scope; nothing is ever changed."""

    names: dict[str, Entity] = field(default_factory=dict)

    def with_(self, /, **names: Entity) -> Scope:
        return Scope({**self.names, **names})


@dataclass(slots=True)
class Findings:
    """What elaboration collects as it goes: diagnostics, names used, where derivatives were written, work done."""

    source: Source
    dim: int
    dim_name: str | None = None
    constants: dict[Expr, float] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    derivatives: list[tuple[Span, Typed]] = field(default_factory=list)
    complex: bool = False  # whether an unknown is, so that i is the imaginary unit
    labels: set[str] = field(default_factory=set)  # of the equations, which have a value in `also` alone
    wanted: Shape | None = None  # of the parameter that is being read
    domain: Domain | None = None
    interval: tuple[float, float] | None = None  # of time
    coordinates: dict[str, int] = field(default_factory=dict)  # their numbers, as CoordinateName has them
    normal: Expr | None = None  # the outward unit normal, where the statement holds on a boundary
    nodes: int = 0
    depth: int = 0

    def report(self, span: Span, code: str, message: str, hint: str = "") -> None:
        """Note a diagnostic; the same one twice (a `let` used twice) is noted once."""
        self.note([Diagnostic(self.source, span, code, message, hint)])

    def note(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add those that are not there yet. Who has seen MAX_DIAGNOSTICS has seen enough."""
        self.diagnostics += [diagnostic for diagnostic in diagnostics if diagnostic not in self.diagnostics]
        if len(self.diagnostics) > MAX_DIAGNOSTICS:
            raise PdeError(self.diagnostics[:MAX_DIAGNOSTICS])

    def raise_errors(self) -> None:
        """Raise PdeError if any error was noted."""
        if any(diagnostic.severity == "error" for diagnostic in self.diagnostics):
            raise PdeError(self.diagnostics)

    @contextmanager
    def node(self, span: Span) -> Iterator[None]:
        """Around the elaboration of one node: what definitions unfold to is bounded in size and in depth."""
        self.count_nodes(span, 1)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.stop(span, "E003", f"definitions and operators nested more than {MAX_DEPTH} deep")
        yield
        self.depth -= 1

    def count_nodes(self, span: Span, number: int) -> None:
        """Bound the work: definitions that double in each line would otherwise grow without end."""
        self.nodes += number
        if self.nodes > MAX_NODES:
            self.stop(span, "E003", f"the definitions unfold to more than {MAX_NODES:,} operations")

    def stop(self, span: Span, code: str, message: str, hint: str = "") -> NoReturn:
        """A mistake after which nothing more can be said."""
        raise PdeError([*self.diagnostics, Diagnostic(self.source, span, code, message, hint)])

    def size(self, number: int) -> Size:
        """A size as shapes hold it: the dimension of space is always "N"."""
        return "N" if number == self.dim else number


def names_of(scope: Scope, kinds: type | tuple[type, ...] = object) -> Iterable[str]:
    """The names in scope that stand for the given kinds of things."""
    return [name for name, entity in scope.names.items() if isinstance(entity, kinds)]
