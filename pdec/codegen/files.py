"""Numbers from files in a generated module: few stand in it as they are, many are read from the file beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from pdec.codegen.writer import INDENT, quoted
from pdec.problem import Problem
from pdec.sheets import Sheet
from pdec.tables import Table

MAX_INLINE = 1000
"""So many numbers of a table or of data stand in the module itself: about a hundred lines."""


def inline(sheet: Sheet, columns: Sequence[int | None]) -> bool:
    """Whether the numbers of some columns stand in the module."""
    return len(sheet) * len(columns) <= MAX_INLINE


def used_columns(problem: Problem) -> list[tuple[Sheet, tuple[int | None, ...]]]:
    """What tables and data take from which files."""
    data = [(c.data.sheet, c.data.columns) for c in problem.conditions if c.data is not None]
    return [*((table.sheet, table.columns) for table in problem.tables), *data]


def files_beside(problem: Problem) -> tuple[Sheet, ...]:
    """The files that a generated module reads when it is imported, from the folder that it lies in."""
    found = {sheet.file: sheet for sheet, columns in used_columns(problem) if not inline(sheet, columns)}
    return tuple(found.values())


def tensor(sheet: Sheet, columns: Sequence[int | None]) -> str:
    """The text of a tensor (rows, columns) in double precision."""
    if not inline(sheet, columns):
        return f"read_columns({quoted(sheet.file)}, {quoted(sheet.sha256)}, {list(columns)})"
    flat = ", ".join(repr(number) for row in sheet.rows(columns) for number in row)
    lines = [INDENT * 2 + line for line in textwrap.wrap(flat, 100)]
    return "\n".join(
        [
            "torch.tensor(",
            f"{INDENT}[",
            *lines,
            f"{INDENT}],",
            f"{INDENT}dtype=torch.float64,",
            f").view(-1, {len(columns)})",
        ]
    )


def table(table: Table) -> str:
    """The text of what the functions of `pdec.runtime.tables` take for a table."""
    rows = tensor(table.sheet, table.columns)
    return f"gridded({rows})" if table.axes else rows
