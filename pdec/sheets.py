"""Files of numbers: a CSV file whose first line names the columns.

Whatever the path leads to, the answer comes soon and in bounded memory: only regular files are read, of at most
MAX_BYTES, and every cell must be a finite number.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import stat
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pdec.diagnostics import nearest

MAX_BYTES = 2**25
MAX_NUMBERS = 1_000_000
MAX_SHOWN = 20


class SheetError(Exception):
    """A file that cannot be used: what is wrong, with its name and line, and what to try."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The numbers of a file, row by row in `numbers`; `file` is its name as it was written, `content` its bytes."""

    file: str
    content: bytes
    names: tuple[str, ...]
    numbers: array[float]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.numbers) // len(self.names)

    def rows(self, columns: Sequence[int | None]) -> list[tuple[float, ...]]:
        """The numbers of some columns, row by row; 0 for a column that is None."""
        width, zeros = len(self.names), array("d", bytes(8 * len(self)))
        return list(zip(*(zeros if column is None else self.numbers[column::width] for column in columns)))


def read(file: str, folder: str) -> Sheet:
    """The sheet in a file, whose name is relative to `folder`. Raises SheetError."""
    content = _content(file, folder)
    lines = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(lines, skipinitialspace=True)
    names: tuple[str, ...] = ()
    numbers = array("d")
    try:
        for row in reader:
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if not names:
                names = _header(file, reader.line_num, row)
                continue
            if len(row) != len(names):
                given = f"{len(row)} cell{'s' * (len(row) > 1)} in this row"
                raise SheetError(f"{file}:{reader.line_num}: {given}, but the first row names {len(names)} columns")
            try:
                values = [float(cell) for cell in row]
            except ValueError:
                values = [math.nan]
            if not all(map(math.isfinite, values)):
                raise SheetError(_bad_cell(file, reader.line_num, row, names))
            numbers.extend(values)
            if len(numbers) > MAX_NUMBERS:
                raise SheetError(f"{file}:{reader.line_num}: more than {MAX_NUMBERS:,} numbers")
    except UnicodeDecodeError:
        raise SheetError(f"{file}:{reader.line_num + 1}: this is not UTF-8 text") from None
    except csv.Error as error:
        raise SheetError(f"{file}:{reader.line_num}: this is not CSV: {error}") from None
    if not numbers:
        what = "there are no rows under the names of the columns" if names else "the file is empty"
        hint = "the first line names the columns, the others hold numbers"
        raise SheetError(f"{file}:{max(1, reader.line_num)}: {what}", hint)
    return Sheet(file, content, names, numbers)


def _content(file: str, folder: str) -> bytes:
    """The bytes of a regular file of bounded size; nothing else is opened for long, or waited for."""
    path = Path(folder) / file
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise SheetError(f"there is no file `{file}`", _instead(path)) from None
    except (OSError, ValueError) as error:
        raise SheetError(f"`{file}` cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        kind = os.fstat(handle)
        if not stat.S_ISREG(kind.st_mode):
            what = "a directory" if stat.S_ISDIR(kind.st_mode) else "no regular file"
            raise SheetError(f"`{file}` is {what}", "numbers are read from a CSV file")
        with os.fdopen(handle, "rb", closefd=False) as stream:
            content = stream.read(MAX_BYTES + 1) if kind.st_size <= MAX_BYTES else b""
    except OSError as error:
        raise SheetError(f"`{file}` cannot be read: {error.strerror}") from None
    finally:
        os.close(handle)
    if kind.st_size > MAX_BYTES or len(content) > MAX_BYTES:
        raise SheetError(f"`{file}` is larger than {MAX_BYTES // 2**20} MiB")
    return content


def _instead(path: Path) -> str:
    """A file of a similar name beside the one that is missing."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(1000)) if entry.name.endswith(".csv")]
    except OSError:
        names = []
    return nearest(path.name, names) or "its name is relative to the folder of the .pde file"


def _header(file: str, line: int, row: list[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in row)
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        raise SheetError(f"{file}:{line}: columns are separated by commas", f"this line is `{_shown(names[0])}`")
    for name in names:
        if not name or _is_number(name):
            message = f"{file}:{line}: the first line names the columns, and `{_shown(name)}` is no name"
            raise SheetError(message, "a first line such as: x,y,u")
        if names.count(name) > 1:
            raise SheetError(f"{file}:{line}: two columns are called `{_shown(name)}`")
    return names


def _bad_cell(file: str, line: int, row: list[str], names: Sequence[str]) -> str:
    bad = ((name, cell.strip()) for name, cell in zip(names, row) if not _is_number(cell, finite=True))
    name, cell = next(bad)
    found = f"`{_shown(cell)}` is not a finite number" if cell else "there is no number"
    return f"{file}:{line}: {found} in column `{_shown(name)}`"


def _is_number(text: str, *, finite: bool = False) -> bool:
    try:
        return math.isfinite(float(text)) or not finite
    except ValueError:
        return False


def _shown(text: str) -> str:
    """A piece of a file as a message quotes it: short, and nothing that a terminal would obey."""
    kept = "".join(c if c.isprintable() else "�" for c in text)
    return kept if len(kept) <= MAX_SHOWN else kept[: MAX_SHOWN - 1] + "…"
