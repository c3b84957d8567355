"""What a problem takes from files: data, which an expression must agree with, and tables, which are functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol

from sympy import Basic, Dummy, Expr, Integer

from pdec.budget import TooLargeError
from pdec.diagnostics import Source, nearest
from pdec.domains import Domain
from pdec.domains.sample import depth_at
from pdec.language import tree
from pdec.problem import Condition, Coordinates, Measurements, Residual
from pdec.sheets import Sheet, SheetError, read
from pdec.symbolic.atoms import TIME, Coordinate, Measured, Partial, slot
from pdec.symbolic.declarations import Declarations
from pdec.symbolic.elsewhere import PLACE, At
from pdec.symbolic.operators import Shape, describe
from pdec.symbolic.profiles import along_of
from pdec.symbolic.scope import CoordinateName, TableEntity, Typed
from pdec.tables import MAX_LINEAR, Table, axes_of, doubled

MAX_PARAMETERS = 1000
ROUNDING = 1e-6
"""How far beyond the domain, in parts of its size, a measured point may lie: files hold rounded numbers."""


class ResidualOf(Protocol):
    """What makes the residual of a condition from its label and its right side."""

    def __call__(self, node: tree.Condition, label: str, *, given: Typed) -> Residual:
        """The residual."""


class FromFiles(Declarations):
    """Reads `data` and `table`; `pdec.symbolic.assemble` goes on from there."""

    def __init__(self, file: tree.File, source: Source, dim: int | None, params: dict[str, float]) -> None:
        super().__init__(file, source, dim, params)
        self.sheets: dict[str, Sheet] = {}

    # --- tables

    def _tables(self) -> Iterator[Callable[[], Table]]:
        for statement in self._all(tree.Table):
            if self._declare(statement.name):
                yield partial(self._table, statement)

    def _table(self, node: tree.Table) -> Table:
        sheet = self._sheet(node.file)
        names: list[str] = []
        for parameter in node.parameters:
            whole = self.scope.names.get(parameter.id) == CoordinateName(0)
            names += self._entries_of(parameter.id, self.findings.dim) if whole else [parameter.id]
        if len(names) > MAX_PARAMETERS:
            self._stop(node.span, "E003", f"a table depends on at most {MAX_PARAMETERS} numbers, not {len(names)}")
        for name in names:
            if names.count(name) > 1:
                self._stop(node.span, "E102", f"`{name}` stands twice in `{node.name.id}`")
        columns = [*self._columns(sheet, names, node.file), *self._values(sheet, [node.name.id], names, node.file)]
        rows = tuple(sorted(sheet.rows(columns)))
        axes = axes_of(rows)
        twice = doubled(rows)
        if twice is not None:
            place = ", ".join(f"{name} = {number:g}" for name, number in zip(names, twice))
            self._stop(node.file.span, "E208", f"{sheet.file} has two values of `{node.name.id}` at {place}")
        smooth = bool(axes) and len(names) <= MAX_LINEAR and all(len(axis) > 1 for axis in axes)
        rule = node.file.rule.id if node.file.rule else "linear" if smooth else "nearest"
        if rule == "linear" and not smooth:
            self._no_grid(node, sheet, axes, len(rows), len(names))
        table = Table(node.name.id, tuple(names), sheet, tuple(columns), rule, axes, rows)
        self.scope = self.scope.with_(**{table.name: TableEntity(table, tuple(p.id for p in node.parameters))})
        return table

    def _no_grid(
        self, node: tree.Table, sheet: Sheet, axes: Sequence[Sequence[float]], rows: int, parameters: int
    ) -> None:
        message = (
            f"`linear` needs a value at every point of a grid, and the {rows} rows of {sheet.file} are no full grid"
        )
        if axes:
            message = f"`linear` needs two places at least along each of the parameters of `{node.name.id}`"
        if parameters > MAX_LINEAR:
            message = f"`linear` works for at most {MAX_LINEAR} parameters, and `{node.name.id}` has {parameters}"
        self._stop(node.file.span, "E208", message, "write `nearest` for the value at the nearest point")

    # --- data

    def _data(
        self, labels: Sequence[str], residual_of: ResidualOf, coordinates: Coordinates, domain: Domain
    ) -> Iterator[Callable[[], Condition]]:
        for statement, label in zip(self._all(tree.Data), labels):
            yield partial(self._measured, statement, label, residual_of, coordinates, domain)

    def _measured(
        self, node: tree.Data, label: str, residual_of: ResidualOf, coordinates: Coordinates, domain: Domain
    ) -> Condition:
        left = self.elaborator.check(node.left, self.scope)
        self.findings.raise_errors()
        assert left is not None
        if len(left.shape) > 1:
            self._stop(node.left.span, "E104", f"data are of a scalar or a vector, not of {describe(left.shape)}")
        size = self._number(left.shape)
        names = list(coordinates.names)
        if coordinates.vector:
            names = self._entries_of(names[0], self.findings.dim)
        names += [coordinates.time] if coordinates.time else []
        sheet = self._sheet(node.file)
        base = node.left.function if isinstance(node.left, tree.Call) else node.left
        own = base.id if isinstance(base, tree.Name) else ""
        wanted = [own] if not left.shape else [f"{own}{k + 1}" for k in range(size)]
        if coordinates.vector and self.findings.dim == 1 and names[0] not in sheet.names:
            names[0] = coordinates.names[0]  # the only entry of x may be called x
        try:
            seen = seen_by(left.build(), self.findings.dim)
        except TooLargeError as error:
            self._stop(node.span, "E003", str(error) or "worked out, this expression is too large")
        needed = [name for k, name in enumerate(names) if seen is None or k in seen]
        numbers = dict(zip(needed, self._columns(sheet, needed, node.file)))
        places = [numbers.get(name) for name in names]
        data = Measurements(sheet, (*places, *self._values(sheet, wanted, names, node.file)), size)
        given = Typed(left.shape, lambda: Measured(slot(0) if left.shape else Integer(0)))
        condition = tree.Condition("data", node.label, node.left, None, None, (), False, node.span)
        residual = residual_of(condition, label, given=given)
        held = [k for k, name in enumerate(names) if name not in needed]
        outside = sum(_outside(row, self.findings.dim, domain, coordinates.interval, held) for row in data.rows)
        if outside:
            message = f"{outside} of the {len(sheet)} points of {sheet.file} lie outside the domain"
            self.findings.report(node.file.span, "W402", message, "the equations do not see them")
        return Condition(label, "data", residual, data=data)

    # --- columns of files

    def _sheet(self, node: tree.FileName) -> Sheet:
        """The file, which is read once."""
        if node.path not in self.sheets:
            try:
                self.sheets[node.path] = read(node.path, self.source.folder)
            except SheetError as error:
                self._stop(node.span, "E208", error.message, error.hint)
        return self.sheets[node.path]

    def _entries_of(self, name: str, size: int) -> list[str]:
        return [f"{name}{k + 1}" for k in range(size)]

    def _number(self, shape: Shape) -> int:
        """How many numbers a scalar or a vector has."""
        return 1 if not shape else self.findings.dim if shape[0] == "N" else int(shape[0])

    def _columns(self, sheet: Sheet, names: Sequence[str], node: tree.FileName) -> list[int]:
        """The numbers of columns, which must be there."""
        numbers = {name: k for k, name in enumerate(sheet.names)}
        for name in names:
            if name not in numbers:
                hint = nearest(name, sheet.names) or f"its columns are {_listed(sheet.names)}"
                self._stop(node.span, "E208", f"{sheet.file}:1: there is no column `{name}`", hint)
        return [numbers[name] for name in names]

    def _values(self, sheet: Sheet, wanted: list[str], places: Sequence[str], node: tree.FileName) -> list[int]:
        """The columns of values: those that the file names after `column`, those called as `wanted`, or all that are
        no coordinates where these are as many."""
        if node.column is not None:
            name = node.column.id
            return self._columns(sheet, self._entries_of(name, len(wanted)) if len(wanted) > 1 else [name], node)
        others = [name for name in sheet.names if name not in places]
        if set(wanted) <= set(others):
            return self._columns(sheet, wanted, node)
        if len(others) != len(wanted):
            found = {0: "is no column", 1: "is one column"}.get(len(others), f"are {len(others)} columns")
            names = f" ({_listed(others)})" if others else ""
            message = f"{sheet.file}:1: there {found} besides the coordinates{names}"
            needed = f", and {len(wanted)} values are needed" if len(wanted) > 1 else ""
            hint = f"say which to take: column {others[0]}" if len(others) > len(wanted) == 1 else ""
            self._stop(node.span, "E208", message + needed, hint)
        return self._columns(sheet, others, node)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return shown if len(shown) <= 80 else shown[:79] + "…"


def _outside(
    row: Sequence[float],
    dim: int,
    domain: Domain,
    interval: tuple[float, float] | None,
    free: Sequence[int] = (),
) -> bool:
    """Whether a point, with its time, is not in the domain, wherever the coordinates with the numbers `free` are."""
    first, last = interval or (0.0, 0.0)
    if interval and dim not in free and abs(row[dim] - (first + last) / 2) > (last - first) * (0.5 + ROUNDING):
        return True
    low, high = domain.bounds(dim)
    size = max(end - start for start, end in zip(low, high))
    if not free or min(free) == dim:
        return depth_at(domain.solid(dim), row[:dim])[0] < -ROUNDING * size
    ends = ((low[k % len(low)], high[k % len(high)], row[k]) for k in range(dim) if k not in free)
    return any(not start - ROUNDING * size <= x <= end + ROUNDING * size for start, end, x in ends)


def seen_by(expression: Expr, dim: int) -> set[int] | None:
    """The coordinates that a value depends on: numbers of space from 0, then time; None for all."""
    axes: set[Basic] = set()
    places = list(expression.atoms(At))
    outer = expression.xreplace({place: Dummy() for place in places})
    for derivative in outer.atoms(Partial):
        axes |= _of(derivative)
    axes |= {leaf.axis for leaf in outer.atoms(Coordinate)}
    for place in places:
        kept = _of(place.what) if isinstance(place.what, Partial) else {PLACE}
        if not kept <= {TIME}:
            found = {leaf.axis for leaf in place.space.atoms(Coordinate)}
            axes |= (kept - {TIME} if PLACE in found else set()) | (found - {PLACE})
        axes |= {leaf.axis for leaf in place.time.atoms(Coordinate)} if TIME in kept else set()
    if any(axis != TIME and not axis.is_Integer for axis in axes):
        return None if TIME in axes else set(range(dim))
    return {dim if axis == TIME else int(axis) - 1 for axis in axes}


def _of(derivative: Partial) -> set[Basic]:
    """The axes that an unknown depends on; an index for all of space."""
    along = along_of(derivative)
    space = {PLACE} if along.space is None else set(map(Integer, along.space))
    return space | ({TIME} if along.time else set())
