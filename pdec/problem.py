"""Problem: the waist of the hourglass. What is before it knows the grammar and no torch; what is after it knows torch
and no grammar. Frozen data: unknowns, coordinates, domain, residuals in normal form, conditions, solutions, spans.

Expressions are SymPy expressions over the atoms of `pdec.symbolic.atoms`; the dimension is the symbol `N` in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pdec.diagnostics import Diagnostic, Source, Span
from pdec.domains import Domain
from pdec.domains.sets import PointSet
from pdec.sheets import Sheet
from pdec.tables import Table

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Columns of a batch of points: the space coordinates in order, then time.

    `names` are the scalar space coordinates (`("x", "y")`), or the one name of the vector (`("x",)`, `vector=True`).
    """

    names: tuple[str, ...]
    vector: bool
    time: str | None
    interval: tuple[float, float] | None
    ends: tuple[sympy.Expr, sympy.Expr] | None = None


@dataclass(frozen=True, slots=True)
class Along:
    """The coordinates that an unknown depends on: those of space by their numbers from 1 (None: all), and time."""

    space: tuple[int, ...] | None = None
    time: bool = True

    @property
    def whole(self) -> bool:
        """Whether these are all coordinates."""
        return self.space is None and self.time

    def names(self, coordinates: Coordinates) -> tuple[str, ...]:
        """The coordinates by name: x, or x1, x2, … where only some entries of a vector are among them."""
        time = (coordinates.time,) if coordinates.time and self.time else ()
        if self.space is None:
            return (*coordinates.names, *time)
        named = (f"{coordinates.names[0]}{k}" if coordinates.vector else coordinates.names[k - 1] for k in self.space)
        return (*named, *time)


ALL = Along()


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown of `size` components: columns `first … first + size - 1` of the network's output.

    Where it does not depend on all coordinates (`along`), the network is taken with the others held fast.
    """

    name: str
    size: int
    first: int
    scalar: bool
    span: Span = field(default=Span(0, 0), compare=False)
    complex: bool = False  # the two components are the real and the imaginary part
    along: Along = ALL

    @property
    def components(self) -> tuple[str, ...]:
        """A name per component: `u`, or `u1`, `u2`, …; of a complex unknown `re(h)`, `im(h)`."""
        if self.complex:
            return f"re({self.name})", f"im({self.name})"
        return (self.name,) if self.scalar else tuple(f"{self.name}{i + 1}" for i in range(self.size))


@dataclass(frozen=True, slots=True)
class Term:
    """`coefficient · Π factor**power`: the coefficient is free of unknowns; factors are sorted."""

    coefficient: sympy.Expr
    factors: tuple[tuple[sympy.Expr, sympy.Expr], ...]


@dataclass(frozen=True, slots=True)
class Residual:
    """One equation, left side minus right side, in normal form. It must vanish.

    `expression` is scalar, or has the free index `slot(0)` that runs over `size` values (an int, or the symbol N).
    `order` is the highest order of differentiation; `linearity` one of `linear`, `semilinear`, `quasilinear`,
    `fully nonlinear`, `algebraic`. `origins` maps a derivative (its `signature`) to the text it was written as.
    An equation that `follows` from others (`also`) says nothing new.
    An equation that holds in a part of the domain only has its points in `where`.
    """

    label: str
    expression: sympy.Expr
    size: sympy.Expr | None
    terms: tuple[Term, ...]
    order: int
    linearity: str
    span: Span
    origins: Mapping[Any, Span]
    follows: bool = False
    where: PointSet | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What was measured: `columns` of a sheet hold the coordinates of each point and then `size` measured values.

    A coordinate that nothing measured depends on need have no column (None): it is 0.
    """

    sheet: Sheet
    columns: tuple[int | None, ...]
    size: int

    @property
    def rows(self) -> list[tuple[float, ...]]:
        """Coordinates and values of each point."""
        return self.sheet.rows(self.columns)


@dataclass(frozen=True, slots=True)
class Condition:
    """A residual that must vanish on a point set: `kind` is `initial`, `terminal`, `boundary`, `periodic` or `data`.

    `where` says which points: without it, all of the domain. `places`: (number of a space coordinate from 1, its
    value) for each coordinate that is held fast there.
    A `hard` condition is met by the Ansatz and is no part of the loss. With a `period`, (number of a coordinate,
    length), what must vanish is the residual at a point less the residual at the point one period further on. The
    points of `data` are those of its rows.
    """

    name: str
    kind: str
    residual: Residual
    places: tuple[tuple[int, float], ...] = ()
    hard: bool = False
    period: tuple[int, float] | None = None
    where: PointSet | None = None
    data: Measurements | None = None


@dataclass(frozen=True, slots=True)
class Ansatz:
    """How hard conditions are met: the unknown is `base` + `factor`·(network), `factor` zero where they hold."""

    unknown: str
    base: sympy.Expr
    factor: sympy.Expr
    span: Span  # of the first of them


@dataclass(frozen=True, slots=True)
class RandomArray:
    """A vector or matrix parameter of independent entries, drawn once from `seed`.

    `law` is `normal`, with the mean `first` and the standard deviation `second`, or `uniform` between the two.
    """

    name: str
    sizes: tuple[int, ...]
    law: str
    first: float
    second: float
    seed: int


@dataclass(frozen=True, slots=True)
class UnknownNumber:
    """A number that training finds, from `start` on, between the `bounds` (ends included) where there are any.

    `exact` is the true number, to measure the error by, as it is written; None where the file does not say.
    """

    name: str
    start: float
    bounds: tuple[float, float] | None
    exact: sympy.Expr | None
    exact_value: float | None
    span: Span


@dataclass(frozen=True, slots=True)
class Diffusion:
    """Where the points of a whole space are drawn: X_t of dX = drift·dt + diffusion·dW, from X at the first time.

    `kind` says how: "start", X at the first time alone; "constant" and "geometric", exactly, where drift and diffusion
    are numbers, or (as they stand here) numbers times x; "euler", in `steps` steps of Euler and Maruyama, whose bias is
    of the order of one step. X at the first time is normal about `start` with standard deviation `spread`. Vectors have
    the free index `slot(0)`; `rank` is that of the diffusion: a scalar, a vector (by entries) or a matrix, 0, 1 or 2.
    """

    kind: str
    drift: sympy.Expr
    diffusion: sympy.Expr
    rank: int
    start: sympy.Expr
    spread: sympy.Expr
    steps: int

    def describe(self) -> str:
        """On one line, after the domain."""
        if self.kind == "start":
            return "points drawn from a normal law"
        how = f"by {self.steps} steps of Euler and Maruyama" if self.kind == "euler" else "exact in law"
        return f"points drawn along a diffusion, {how}"


@dataclass(frozen=True, slots=True)
class KnownSolution:
    """A solution to compare with, of one unknown. `expectation`: it holds expectations, which are sampled."""

    unknown: str
    kind: str
    expression: sympy.Expr
    size: sympy.Expr | None
    expectation: bool
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A PDE problem, checked and in normal form, for one dimension.

    `constants` gives the number for every symbol that stays in the expressions (the dimension and the parameters);
    `settings` are the options set by the file itself, by option name; `warnings` were found but did not stop anything.
    A problem is like itself alone, so that what follows from it can be kept in a cache.
    """

    name: str
    source: Source
    dim: int
    dim_name: str | None
    coordinates: Coordinates
    domain: Domain
    unknowns: tuple[Unknown, ...]
    constants: Mapping[sympy.Symbol, float]
    equations: tuple[Residual, ...]
    conditions: tuple[Condition, ...]
    solutions: tuple[KnownSolution, ...]
    settings: Mapping[str, Any]
    warnings: tuple[Diagnostic, ...]
    arrays: tuple[RandomArray, ...] = ()
    ansatz: tuple[Ansatz, ...] = ()
    numbers: tuple[UnknownNumber, ...] = ()
    tables: tuple[Table, ...] = ()
    dimension_in_domain: bool = False
    regions: Mapping[str, Domain] = field(default_factory=dict)
    law: Diffusion | None = None
    overrides: Mapping[str, float] = field(default_factory=dict)

    def _repr_latex_(self) -> str:
        """The problem as a notebook shows it."""
        from pdec.symbolic.latex import notebook_latex

        return notebook_latex(self)

    @property
    def point_sets(self) -> frozenset[str]:
        """Names by which options speak of points."""
        return point_sets(self.equations, self.conditions)

    @property
    def pairs(self) -> frozenset[str]:
        """The names of the complex unknowns."""
        return frozenset(unknown.name for unknown in self.unknowns if unknown.complex)

    @property
    def n_coords(self) -> int:
        """Columns of a batch of points."""
        return self.dim + (self.coordinates.time is not None)

    @property
    def n_unknowns(self) -> int:
        """Columns of the network's output."""
        return sum(unknown.size for unknown in self.unknowns)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The files that the problem takes numbers from, each once."""
        data = [condition.data.sheet for condition in self.conditions if condition.data is not None]
        return tuple({sheet.file: sheet for sheet in (*(table.sheet for table in self.tables), *data)}.values())


def point_sets(equations: Iterable[Residual], conditions: Iterable[Condition]) -> frozenset[str]:
    """Names by which options speak of points: the domain, conditions, and kinds of conditions."""
    named = (name for condition in conditions for name in (condition.name, condition.kind))
    return frozenset({"domain", *(e.where.name for e in equations if e.where is not None), *named})
