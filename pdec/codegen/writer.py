"""One generated function, line by line: the Writer that lowerings see."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sympy import Basic, Expr, Integer, preorder_traversal

from pdec.codegen.printer import Axes, Printer
from pdec.codegen.repeated import Part
from pdec.estimators import Derivative, Setting
from pdec.plan import Names
from pdec.problem import Problem
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Axis,
    Coefficient,
    Coordinate,
    Leaf,
    Noise,
    Normal,
    TableName,
    Tensor,
    slot,
    split_axis,
)
from pdec.symbolic.names import identifier
from pdec.symbolic.operators import stacked_entries

INDENT = "    "
WIDTH = 120
ONE_CALL = "the one network call"
MAX_BROKEN = 10_000


def printable(text: str) -> str:
    """User text made safe for a comment or docstring: one line, printable characters, no quotes or backslashes."""
    kept = "".join(c if c.isprintable() and c not in '"\\' else " " for c in " ".join(text.split()))
    return " ".join(kept.split())


def quoted(text: str) -> str:
    """A string literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def docstring(*lines: str) -> list[str]:
    """A docstring for a generated function, from user text and our own, wrapped."""
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH - 10) or [""]]
    if len(wrapped) == 1:
        return [f'{INDENT}"""{wrapped[0]}"""']
    return [f'{INDENT}"""{wrapped[0]}', *(f"{INDENT}{line}".rstrip() for line in wrapped[1:]), f'{INDENT}"""']


def broken(line: str) -> list[str]:
    """A long line as several: its widest bracket is opened, or its sum put in parentheses, as `black` would do it.

    A line that nobody would read is left as it is.
    """
    if not WIDTH < len(line) <= MAX_BROKEN:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    start, end = _widest_bracket(line)
    statement = re.match(r" *(?:[\w, ]+ = |return )", line)
    value = line[statement.end() :] if statement else ""
    if len(_split(value, (" + ", " - "))) > 1:
        head, body, tail = f"{line.removesuffix(value)}(", value, ")"
    elif start < end:
        head, body, tail = line[: start + 1], line[start + 1 : end], line[end:]
    else:
        return [line]
    return [head, *_broken_body(indent + INDENT, body), indent + tail]


def _broken_body(indent: str, body: str) -> list[str]:
    """What stands in a bracket: on one line, or an entry, a term or a factor a line."""
    if len(indent + body) <= WIDTH:
        return [indent + body]
    entries = _split(body, (", ",))
    if len(entries) > 1:
        blocks = [_broken_body(indent, entry) for entry in entries]
        return [line for block in blocks for line in (*block[:-1], f"{block[-1]},")]
    for operators in ((" + ", " - "), (" * ", " / ", " @ ")):
        parts = _split(body, operators)
        if len(parts) > 1:
            return [line for part in parts for line in broken(f"{indent}{part}")]
    return broken(indent + body)


def _widest_bracket(line: str) -> tuple[int, int]:
    """Where the longest of the outermost brackets opens and closes; (0, 0) where there is none."""
    opened: list[int] = []
    found = (0, 0)
    for k, depth, character in _outside_strings(line):
        if character in "([{":
            opened.append(k)
        elif character in ")]}":
            start = opened.pop()
            if not depth and k - start > found[1] - found[0]:
                found = (start, k)
    return found


def _split(text: str, separators: tuple[str, ...]) -> list[str]:
    """`text` cut at its outermost separators: commas go, operators begin the next part."""
    cuts = [0, *(k + 1 for k, depth, _ in _outside_strings(text) if not depth and text.startswith(separators, k))]
    return [text[start:end].strip(" ,") for start, end in zip(cuts, [*cuts[1:], len(text)])]


def _outside_strings(text: str) -> Iterator[tuple[int, int, str]]:
    """Place, depth of brackets and character, for all that is not in a string literal; a bracket is outside itself."""
    depth, in_string = 0, False
    for k, character in enumerate(text):
        if character == '"':
            in_string = not in_string
        if in_string:
            continue
        depth -= character in ")]}"
        yield k, depth, character
        depth += character in "([{"


def varies(expression: Expr) -> bool:
    """Whether an expression has a value for each point: coordinates do, tensors unless they are the same for all."""
    return any(
        isinstance(node, Coordinate | Normal) or (isinstance(node, Tensor) and node.kind != "once")
        for node in preorder_traversal(expression)
    )


@dataclass(slots=True)
class FunctionWriter:
    """Collects the lines of a function of `points`, and remembers which coordinates they use.

    `normal` is the text of the outward normal at the points, where there is one; `elsewhere` says whether values at
    other places are needed too, which have network calls of their own; `parts` are computed once, when they are first
    needed: their names, None before that.
    """

    problem: Problem
    names: Names
    sigmas: tuple[str, str]
    draws: str
    setting: Setting
    normal: str = ""
    elsewhere: bool = False
    lines: list[str] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    parts: dict[Part, str | None] = field(default_factory=dict)
    printer: Printer = field(init=False)

    def __post_init__(self) -> None:
        self.taken |= self.names.taken - {*self.names.functions.values()}
        self.printer = self.printer_with(self._noise)

    def printer_with(
        self, noise: Callable[[Noise], tuple[str, tuple[Axis, ...]]], drawn: frozenset[str] = frozenset()
    ) -> Printer:
        """A printer for this function, with random vectors as `noise` says."""
        return Printer(
            self.names.symbols,
            self.problem.constants,
            self.names.vectors,
            self._coordinate,
            self._normal,
            noise,
            self._number,
            self._table,
            drawn,
            self._named,
        )

    # --- what lowerings use

    @property
    def single(self) -> bool:
        return self.problem.n_unknowns == 1

    @property
    def size(self) -> int:
        return self.problem.n_unknowns

    @property
    def network_call(self) -> str:
        return "the network call at the points; places elsewhere have their own" if self.elsewhere else ONE_CALL

    def line(self, text: str, comment: str = "") -> None:
        comment = printable(comment)
        whole = f"{INDENT}{text}" + (f"  # {comment}" if comment else "")
        if len(whole) <= WIDTH:
            self.lines.append(whole)
            return
        if comment:
            self.lines.append(f"{INDENT}# {comment}")
        self.lines += broken(f"{INDENT}{text}")

    def assign(self, derivative: Derivative, text: str) -> None:
        comment = f"{derivative.place}  {derivative.text}" if derivative.place else ""
        self.line(f"{derivative.name} = {text}", comment)

    def show(self, expression: Expr, axes: Sequence[tuple[Basic, Expr]] = ()) -> str:
        return self.printer.show(expression, tuple(axes))

    def factor(self, expression: Expr, axes: Sequence[tuple[Basic, Expr]] = ()) -> str:
        return self.printer.factor(expression, tuple(axes))

    def show_free(self, expression: Expr, size: Expr | None) -> str:
        """The text of an expression that may have a free index: (B,) or (B, size)."""
        if size is None:
            return self._filled(expression)
        entries = stacked_entries(expression, int(size) if size.is_Integer else self.problem.dim)
        if entries is not None:
            return f"torch.stack([{', '.join(self._filled(entry) for entry in entries)}], dim=-1)"
        text = self.show(expression, ((slot(0), size),))
        if slot(0) in expression.free_symbols and varies(expression):
            return text
        return f"(torch.zeros_like(points[..., :1]) + {text}).expand(-1, {self.show(size)})"

    def _filled(self, expression: Expr) -> str:
        """The text of a scalar; a number, which is the same at all points, is given their shape."""
        text = self.show(expression)
        if varies(expression):
            return text
        if expression.atoms(Leaf):
            return f"torch.zeros_like(points[..., 0]) + {text}"
        return f"torch.full_like(points[..., 0], {text})"

    def outputs(self, tensor: str, unknown: str, component: Basic | None) -> str:
        if self.single:
            return f"{tensor}[..., None]" if component is None else tensor
        (entry,) = (u for u in self.problem.unknowns if u.name == unknown)
        if component is not None:
            return f"{tensor}[..., {entry.first + int(component) - 1}]"
        return f"{tensor}[..., {entry.first}:{entry.first + entry.size}]"

    def network(self, derivatives: Sequence[Derivative], nodes: str) -> str:
        along = {unknown.name: unknown.along for unknown in self.problem.unknowns}
        return self.names.network({along[derivative.partial.name] for derivative in derivatives}, nodes)

    def plain_call(self, derivatives: Sequence[Derivative]) -> bool:
        asked = {derivative.partial.name for derivative in derivatives}
        return all(unknown.along.whole for unknown in self.problem.unknowns if unknown.name in asked)

    def column(self, axis: Basic) -> str:
        return self.names.symbols[DIM] if axis == TIME else str(int(axis) - 1)

    def variable(self, name: str) -> str:
        return identifier(name, self.taken)

    def _named(self, expression: Expr, axes: Axes) -> tuple[str, Axes] | None:
        """The name of a part that is computed once, and its axes; its line is written when it is first asked for."""
        if not self.parts:
            return None
        own = axes if any(index in expression.free_symbols for index, _ in axes) else ()
        if (expression, own) not in self.parts:
            return None
        name = self.parts[expression, own]
        if name is None:
            text, _ = self.printer.written(expression, own)
            name = self.parts[expression, own] = self.variable("part")
            self.line(f"{name} = {text}")
        return name, own

    # --- leaves

    def _coordinate(self, axis: Axis) -> tuple[str, tuple[Axis, ...]]:
        """A coordinate as text, and the axes the text has left; its definition is noted for the function's prelude."""
        coordinates = self.problem.coordinates
        dim = self.names.symbols[DIM]
        if axis == TIME:
            assert coordinates.time is not None
            return self._use(coordinates.time, f"points[..., {dim}]"), ()
        if coordinates.vector:
            name = coordinates.names[0]
            whole = "points" if coordinates.time is None else f"points[..., :{dim}]"
            return self._use(name, whole), (axis,)
        if isinstance(axis, Integer):
            return self._use(coordinates.names[int(axis) - 1], f"points[..., {int(axis) - 1}]"), ()
        return self._use("space", f"points[..., :{dim}]"), (axis,)

    def _normal(self) -> str:
        """The outward normal, noted for the prelude."""
        return self._use("normal", self.normal)

    def _number(self, leaf: Coefficient) -> str:
        """An unknown number, as it comes in the argument `parameters`."""
        name = self.names.numbers[leaf.name]
        self.used[name] = f"unknown_number({quoted(leaf.name)}, parameters, points)"
        return name

    def _table(self, table: TableName) -> str:
        """How a table is called, up to its places."""
        (known,) = (t for t in self.problem.tables if t.name == table.name)
        function = "linear_table" if known.rule == "linear" else "nearest_on_grid" if known.axes else "nearest_row"
        return f"{function}({self.names.tables[table.name]}"

    def _use(self, name: str, definition: str) -> str:
        variable = self.names.coordinates.get(name, name)
        self.used[variable] = definition
        return variable

    def _noise(self, noise: Noise) -> tuple[str, tuple[Axis, ...]]:
        """Entries of a Stein estimator's noise: time in the last column, space in the others."""
        if noise.axis == TIME:
            return f"{noise.name}[..., -1]", ()
        symbol, _ = split_axis(noise.axis)
        if symbol is not None and self.problem.coordinates.time is not None:
            return f"{noise.name}[..., :-1]", (noise.axis,)
        return noise.name, (noise.axis,)

    def prelude(self) -> list[str]:
        """The lines that take the coordinates out of `points`."""
        return [f"{INDENT}{name} = {definition}" for name, definition in sorted(self.used.items())]
