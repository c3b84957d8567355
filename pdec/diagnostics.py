"""Where something in a file stands, and what to say about it: Source, Span, Diagnostic, PdeError.

Every message has one form, `file:line:col: error[code]: what`, then the line, a caret under the place and a hint.
All codes are listed in `pdec/codes.py`; a diagnostic with a code that is not there cannot be made.
"""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pdec.codes import CODES


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters [start, end) in a Source."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name under which messages speak of it; files that it names are looked for in `folder`."""

    name: str
    text: str
    folder: str = "."
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column, both counted from 1, of a character offset."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    def at(self, span: Span) -> str:
        """`file:line:col` of the start of `span`."""
        line, column = self.position(span.start)
        return f"{self.name}:{line}:{column}"

    def slice(self, span: Span) -> str:
        """The text of `span` on one line."""
        return " ".join(self.text[span.start : span.end].split())


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message about one place. `code` is a key of CODES; codes that begin with W are warnings."""

    source: Source
    span: Span
    code: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(f"no diagnostic code {self.code}")

    @property
    def severity(self) -> str:
        return "warning" if self.code.startswith("W") else "error"

    def render(self) -> str:
        """The message as the user sees it: place and words, the line, a caret, a hint."""
        line, column = self.source.position(self.span.start)
        text = self.source.line(line)
        width = max(1, min(self.span.end - self.span.start, len(text) - column + 1))
        if len(text) > 160:  # a very long line: show the neighbourhood of the caret
            left = max(0, column - 80)
            text, column = text[left : left + 160], column - left
            width = min(width, max(1, len(text) - column + 1))
        # what a terminal would obey rather than show (escapes, direction marks) is replaced one for one
        text = "".join(c if c.isprintable() else " " if c == "\t" else "�" for c in text)
        lines = [
            f"{self.source.at(self.span)}: {self.severity}[{self.code}]: {self.message}",
            f"    {text}",
            f"    {' ' * (column - 1)}{'^' * width}",
        ]
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


class PdeError(Exception):
    """What is wrong with a `.pde` text. `.diagnostics` holds every finding, in the order of the text."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=lambda d: (d.span.start, d.span.end, d.code)))
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(diagnostic.render() for diagnostic in self.diagnostics)


def nearest(name: str, candidates: Iterable[str]) -> str:
    """A hint naming the candidate most like `name`, or the empty string."""
    found = difflib.get_close_matches(name, sorted(set(candidates)), n=1, cutoff=0.6)
    return f"did you mean `{found[0]}`?" if found else ""
