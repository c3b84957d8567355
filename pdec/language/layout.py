"""The usual layout of a `.pde` text, for `pdec fmt`: its own tokens, comments and line breaks, spaced and aligned.

Tokens are neither added, dropped nor respelled, so the text goes on meaning what it meant, and every spelling and
bracket stays the author's (`pdec.language.format` prints a tree in one spelling instead). What is settled here:

- one statement a line, however it was; lines within a statement and within `train { … }` stay lines;
- in a block (what no empty line parts), the text after keywords and labels begins in one column, and so do comments;
- spaces around operators; a line that goes on is set under the bracket that is open, or under what follows the keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from lark import Token

from pdec.diagnostics import Source
from pdec.language.keywords import WORDS
from pdec.language.messages import STATEMENTS
from pdec.language.parser import CLOSING, OPENING, completes, parse, split, tokenize

COMMENT_COLUMN = 46
"""Where comments begin at least (counted from 0), as long as the text before them is shorter."""
MAX_ALIGNED = 80
"""A line that is longer does not move the comments of its block."""
SHORT = 5
"""Keywords of declarations up to this length are padded to align; longer ones take one space."""

KINDS = {row.word.upper(): row.kind for row in WORDS}
PREFIXES = {"LAP", "BILAP", "GRAD", "DIV", "CURL", "SQRT", "PARTIAL"}
# Tokens whose spelling may hold spaces of its own: `∇ ·`, `E [`, `. grad`.
LOOSE = {"DIV", "CURL", "EXPECT", "ALONG"}
SHAPES = {"vector", "matrix"}
# What follows without a space.
ATTACHED = {"COMMA", "SEMICOLON", "SUPERSCRIPT", "ALONG", "ALONG_COORDINATES"}
TIGHT = {"STAR", "SLASH", "POWER", "RANGE"}


def layout(source: Source) -> str:
    """The text in its usual layout. Raises PdeError where it does not parse."""
    tree = parse(source)
    text = "".join(f"{line}\n" for line in lines_of(items(source)))
    if parse(Source(source.name, text)) != tree:
        raise AssertionError(f"{source.name}: the layout would change what the text means")
    return text


# --- from the text to rows


@dataclass(slots=True)
class Row:
    """A line to be: text, a comment behind it, and where it begins.

    `indent` counts from the column where the text after the keyword begins if `hangs`, else from the left.
    """

    text: str = ""
    comment: str = ""
    indent: int = 0
    hangs: bool = False


@dataclass(slots=True)
class Item:
    """A statement, or a comment on a line of its own (no `style`): `head` is its keyword and label."""

    style: str
    head: str
    rows: list[Row]
    blank: bool = field(default=False)  # an empty line before it


def items(source: Source) -> Iterator[Item]:
    """Statements and the comments between them, in order."""
    tokens, _ = tokenize(source)
    end = 0
    last: Item | None = None
    for piece in split(tokens):
        between = list(gap(source.text[end : piece[0].start_pos]))
        before, blank = comments(between, last)
        yield from before
        item = statement(source, piece)
        item.blank = blank
        yield item
        last, end = item, piece[-1].end_pos or 0
    yield from comments(list(gap(source.text[end:])), last)[0]


def gap(text: str) -> Iterator[str]:
    """What stands between two tokens, line by line: a comment or the empty string; the first goes on a line begun."""
    for line in re.split(r"\r\n|\r|\n", text):
        yield line.strip(" \t\ufeff")


def comments(between: Sequence[str], last: Item | None) -> tuple[list[Item], bool]:
    """The comments before a statement, and whether an empty line comes last.

    A comment on the line of the statement `last` is put there.
    """
    if last and between[0]:
        last.rows[-1].comment = between[0]
    found, blank = [], False
    # what precedes the next token on its own line is no line; at the beginning of the text the first is one
    for k, comment in enumerate(between[:-1] if between[-1] == "" else between):
        if comment and not (last and k == 0):
            found.append(Item("", "", [Row(comment)], blank))
            blank = False
        elif not comment and not (k == 0 and last):
            blank = True
    return found, blank


@dataclass(slots=True)
class Open:
    """A bracket that is open. `dense`: sums in it are written without spaces; `call`: it holds arguments; `ranging`:
    what is written now is the range of an index.

    `inside` and `closing` are where lines in it, and a line that begins with its end, begin: see Row.
    """

    type: str
    dense: bool
    call: bool
    inside: Row
    closing: Row
    ranging: bool = False


def statement(source: Source, piece: Sequence[Token]) -> Item:
    """The rows of one statement."""
    size = 1
    while size < len(piece) and piece[size].type in STATEMENTS:
        size += 1
    kind = KINDS[piece[0].type]
    style = "declarations" if kind in {"declaration", "settings"} else "equations"
    labelled = style == "equations" and [token.type for token in piece[size : size + 2]] == ["NAME", "COLON"]
    head = " ".join(token.value for token in piece[:size])
    rows = [Row()]
    start = size
    if labelled and not commented(source, piece[: size + 2]):
        head += f" {piece[size].value}:"
        start = size + 2
    writer = Writer(rows, piece[start - 1])
    for k in range(1, len(piece)):
        between = list(gap(source.text[piece[k - 1].end_pos : piece[k].start_pos]))
        if k > start or any(between):
            writer.gap(between, piece[k])
        if k >= start:
            writer.token(piece[k])
    return Item(style, head, rows)


def commented(source: Source, piece: Sequence[Token]) -> bool:
    """Whether a comment stands between two of the tokens."""
    return any(any(gap(source.text[left.end_pos : right.start_pos])) for left, right in pairwise(piece))


class Writer:
    """Puts the tokens of a statement on rows; `before` is the one that was put last."""

    def __init__(self, rows: list[Row], before: Token) -> None:
        self.rows = rows
        self.open: list[Open] = []
        self.before = before
        self.ended = False  # whether it completes an operand
        self.prefix = False  # whether it is a sign, or `(u·∇)`: no space follows

    def gap(self, between: Sequence[str], token: Token) -> None:
        """Comments and line breaks before a token."""
        if len(between) == 1:
            return
        if self.open and self._just_opened():  # nothing follows the bracket: what is in it is set under its line
            line = self.rows[-1] if len(self.rows) > 1 else Row()
            self.open[-1].inside = Row(indent=line.indent + 2, hangs=line.hangs)
            self.open[-1].closing = Row(indent=line.indent, hangs=line.hangs)
        self.rows[-1].comment = between[0]
        for comment in between[1:-1]:
            if comment:
                self.rows.append(self._row(comment))
            elif self.rows[-1].text:
                self.rows.append(Row())
        self.rows.append(self._row("", token.type))

    def _row(self, text: str, following: str = "") -> Row:
        """A new line, of a comment or yet without text."""
        if not self.open:
            return Row(text, "", 2 if self.rows[0].text else 0, True)
        place = self.open[-1].closing if following in CLOSING else self.open[-1].inside
        return Row(text, "", place.indent, place.hangs)

    def token(self, token: Token) -> None:
        row, kind = self.rows[-1], token.type
        closing = kind in CLOSING or (kind == "BAR" and self.ended)
        opening = kind in OPENING or (kind == "BAR" and not closing)
        settings = bool(self.open) and self.open[-1].type == "LBRACE"
        sign = kind == "MINUS" and (settings or not self.ended)
        bracket = self.open.pop() if closing and self.open else None
        if settings and kind == "NAME" and self.prefix and row.text[-2:-1] == " ":
            row.text = row.text[:-2] + row.text[-1]  # no sign after all but the hyphen of `stein-chi`
        if row.text and self.spaced(kind, opening, closing, sign):
            row.text += " "
        row.text += re.sub(r"\s+", "", token.value) if kind in LOOSE else token.value
        if self.open and kind in {"IN", "COMMA"}:
            self.open[-1].ranging = kind == "IN"
        if opening:
            self._opened(token, row)
        along = kind == "RPAR" and self.before.type == "ALONG"
        self.ended = completes(token, self.before, bracket.type if bracket else "")
        self.before, self.prefix = token, sign or along

    def _opened(self, token: Token, row: Row) -> None:
        subscript = token.type == "LSQB" and self.ended
        call = token.type == "LPAR" and self.before.type == "NAME"
        shape = call and self.before.value in SHAPES
        inherited = token.type == "LPAR" and not call and self.dense
        column = row.indent + len(row.text)
        hangs = row.hangs or row is self.rows[0]
        inside, closing = (Row(indent=n, hangs=hangs) for n in (column + (token.type == "LBRACE"), column - 1))
        self.open.append(Open(token.type, subscript or shape or inherited, call, inside, closing))

    @property
    def dense(self) -> bool:
        """Whether sums are written without spaces here: in subscripts, and in the range of an index."""
        return bool(self.open) and (self.open[-1].dense or self.open[-1].ranging)

    def spaced(self, kind: str, opening: bool, closing: bool, sign: bool) -> bool:
        """Whether a space comes before a token."""
        before = self.before.type
        if before == "LBRACE" or kind == "RBRACE":
            return before + kind != "LBRACERBRACE"
        if closing or kind in ATTACHED or kind in TIGHT or self._just_opened():
            # `1. ..N`: the dots of a number and of a range must not run together
            return kind == "RANGE" and self.rows[-1].text.endswith(".")
        if before in TIGHT or before in PREFIXES or self.prefix or (before == "SUPERSCRIPT" and not self.ended):
            return False
        if opening and kind != "BAR" and self.ended:  # a call or a subscript
            return False
        if kind == "PARTIAL" and self.ended:  # ∂²u/∂x∂y
            return False
        if (kind in {"PLUS", "MINUS"} and not sign) or before in {"PLUS", "MINUS"}:
            return not self.dense
        if "EQUAL" in (kind, before):
            return not (self.open and self.open[-1].call)
        if kind == "COLON":
            return bool(self.open)  # a contraction; else a label or a shape
        return True

    def _just_opened(self) -> bool:
        return bool(self.open) and self.before.type == self.open[-1].type and not self.ended


# --- from rows to lines


def lines_of(everything: Iterator[Item]) -> Iterator[str]:
    """The lines of the text, aligned block by block."""
    block: list[Item] = []
    first = True
    for item in everything:
        if item.blank and not first:
            yield from aligned(block)
            yield ""
            block = []
        block.append(item)
        first = False
    yield from aligned(block)


def aligned(block: Sequence[Item]) -> list[str]:
    """The lines of a block: heads padded, then comments."""
    rows = [line for _, run in groupby(styled(block), key=lambda pair: pair[0]) for line in padded([i for _, i in run])]
    widths = [len(text) for text, comment in rows if comment and text and len(text) <= MAX_ALIGNED]
    column = max([COMMENT_COLUMN, *(width + 2 for width in widths)])
    return [f"{text:{column - 2}}  {comment}" if comment and text else text or comment for text, comment in rows]


def styled(block: Sequence[Item]) -> Iterator[tuple[str, Item]]:
    """Items with the style of their run; a comment belongs to the statement before it, or else to the first."""
    style = next((item.style for item in block if item.style), "")
    for item in block:
        style = item.style or style
        yield style, item


def padded(run: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Text and comment of every line of statements of one style."""
    heads = [item.head for item in run if item.style]
    if any(item.style == "equations" for item in run):
        width = max(map(len, heads)) + 2
    else:
        width = max([len(head) for head in heads if len(head) <= SHORT], default=0) + 1
    for item in run:
        start = max(width, len(item.head) + 1) if item.style else 0
        for k, row in enumerate(item.rows):
            indent = row.indent + (start if row.hangs else 0)
            text = f"{item.head:{start}}{row.text}" if k == 0 else " " * indent + row.text
            yield text.rstrip(), row.comment
