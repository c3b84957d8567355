"""Warnings that a file silences by a comment: `# pdec: ignore W401, W402`.

Such a comment silences these codes in the statement on its line, or on the next where it has a line of its own; on a
line of its own before everything else, in the whole file. Warnings can be silenced, and E207: a solution that is known
not to solve the problem exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pdec.codes import CODES
from pdec.diagnostics import Diagnostic, Source, Span, nearest

IGNORABLE = frozenset(code for code in CODES if code.startswith("W")) | {"E207"}
"""The codes that can be silenced."""

# as the lexer has it: `#` begins a comment, but not inside quotation marks
_COMMENT = re.compile(r'^(?P<code>(?:[^#"]|"[^"]*")*)#\s*pdec\s*:\s*ignore\b(?P<list>.*)$')
_WORD = re.compile(r"[^\s,;]+")


@dataclass(frozen=True, slots=True)
class Silence:
    """Which codes are silent where: in the whole file, and on lines by their number."""

    source: Source
    everywhere: frozenset[str]
    lines: Mapping[int, frozenset[str]]
    mistakes: tuple[Diagnostic, ...] = ()

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment silences a diagnostic: one for the whole file, or one on a line that it speaks of."""
        code, span = diagnostic.code, diagnostic.span
        if code not in IGNORABLE:
            return False
        first = self.source.position(span.start)[0]
        last = self.source.position(max(span.start, span.end - 1))[0]
        return code in self.everywhere or any(
            first <= line <= last and code in codes for line, codes in self.lines.items()
        )

    def kept(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The diagnostics that no comment silences, in the order of the text."""
        kept = [diagnostic for diagnostic in diagnostics if not self.covers(diagnostic)]
        return tuple(sorted(kept, key=lambda d: (d.span.start, d.span.end, d.code)))


@lru_cache(16)
def silence(source: Source) -> Silence:
    """What the comments of a text silence; codes that are not known or not to be silenced are its `mistakes`."""
    everywhere: set[str] = set()
    lines: dict[int, frozenset[str]] = {}
    mistakes: list[Diagnostic] = []
    begun, offset = False, 0
    for number, line in enumerate(source.text.split("\n"), 1):
        text = line.rstrip("\r")
        found = _COMMENT.match(text) if "pdec" in text else None
        if found:
            alone = not found["code"].strip(" \t\ufeff")
            words = [(word[0], offset + found.start("list") + word.start()) for word in _WORD.finditer(found["list"])]
            codes = {word for word, _ in words if word in IGNORABLE}
            mistakes += (_mistake(source, word, start) for word, start in words if word not in IGNORABLE)
            if not words:
                end = Span(offset + len(found["code"]), offset + len(text))
                hint = "write # pdec: ignore W401"
                mistakes.append(Diagnostic(source, end, "W404", "this comment does not say which codes", hint))
            if alone and not begun:
                everywhere |= codes
            else:
                at = number + alone  # a comment on a line of its own speaks of the next
                lines[at] = lines.get(at, frozenset()) | codes
        begun = begun or bool(text.split("#")[0].strip(" \t\ufeff"))
        offset += len(line) + 1
    return Silence(source, frozenset(everywhere), lines, tuple(mistakes))


def _mistake(source: Source, word: str, start: int) -> Diagnostic:
    """A word after `pdec: ignore` that is no code of a warning."""
    span = Span(start, start + len(word))
    if word in CODES:
        message = f"`{word}` is an error and cannot be silenced"
        return Diagnostic(source, span, "W404", message, "codes that begin with W can, and E207")
    hint = nearest(word.upper(), IGNORABLE) or "codes look like this: W401"
    return Diagnostic(source, span, "W404", f"there is no code `{word}`", hint)
