"""The canonical text of a syntax tree: ASCII operators, few brackets, one statement a line, keywords padded to align.

What is printed here parses to the same tree again; only a tree near the limits of nesting may print with more brackets
than the parser takes, since `Δu` prints as a call. Comments and empty lines of the original are not part of the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, repeat
from typing import assert_never

from pdec.language.tree import (
    Also,
    ArrayParam,
    Bars,
    Binary,
    Binding,
    Bracket,
    Call,
    Comparison,
    Condition,
    Data,
    Dim,
    Equation,
    Expectation,
    Expression,
    File,
    FileName,
    Keyword,
    Let,
    Name,
    Negate,
    Not,
    Number,
    Param,
    Periodic,
    Place,
    ProblemName,
    RandomParam,
    Region,
    Setting,
    SettingItem,
    Solution,
    Space,
    Statement,
    Subscript,
    Table,
    Time,
    Train,
    Unknown,
    UnknownParam,
    Within,
)

# How tightly an expression holds together. One that is looser than its place allows is put in brackets.
OR, AND, NOT, COMPARISON, ANY, SUM, PRODUCT, FACTOR, POWER, OPERAND, ATOM = range(11)
# The level of an operator's result and those it asks of its two sides.
LEVELS = {
    "or": (OR, OR, AND),
    "and": (AND, AND, NOT),
    ":": (ANY, PRODUCT, PRODUCT),
    "+": (SUM, SUM, PRODUCT),
    "-": (SUM, SUM, PRODUCT),
    "*": (PRODUCT, PRODUCT, POWER),
    "/": (PRODUCT, PRODUCT, POWER),
    "·": (PRODUCT, PRODUCT, POWER),
    "×": (PRODUCT, PRODUCT, POWER),
    "^": (POWER, ATOM, FACTOR),
}
TIGHT = {"*", "/", "^"}
MAX_WIDTH = 100


def format_expression(expression: Expression) -> str:
    """The expression on one line."""
    return at_least(expression, SUM)


def at_least(expression: Expression, level: int, dense: bool = False) -> str:
    """The expression, in brackets unless it binds at least as tightly as `level`. `dense` leaves out spaces."""
    own, text = written(expression, dense)
    return text if own >= level else f"({text})"


def listed(expressions: Sequence[Expression], level: int = ANY, dense: bool = False) -> str:
    # `map`, not a comprehension: one frame less of Python's stack for each level of nesting
    return ", ".join(map(at_least, expressions, repeat(level), repeat(dense)))


def written(expression: Expression, dense: bool) -> tuple[int, str]:
    """The level of an expression and its text."""
    match expression:
        case Number(text):
            return ATOM, text
        case Name(id):
            return ATOM, id
        case Negate(operand):
            return FACTOR, f"-{at_least(operand, FACTOR, dense)}"
        case Binary(operator, left, right):
            own, left_level, right_level = LEVELS[operator]
            sign = operator if operator in TIGHT or (dense and own == SUM) else f" {operator} "
            return own, f"{at_least(left, left_level, dense)}{sign}{at_least(right, right_level, dense)}"
        case Comparison(operators, operands):
            texts = list(map(at_least, operands, repeat(ANY)))
            return COMPARISON, texts[0] + "".join(f" {sign} {text}" for sign, text in zip(operators, texts[1:]))
        case Not(operand):
            return NOT, f"not {at_least(operand, NOT)}"
        case Bars(operand):
            return ATOM, f"|{at_least(operand, ANY)}|"
        case Call(function, arguments):
            return ATOM, f"{function.id}({listed(arguments, OR)})"
        case Subscript(base, indices):
            return ATOM, f"{base.id}[{listed(indices, dense=True)}]"
        case Bracket(entries):
            return ATOM, f"[{listed(entries)}]"
        case Expectation(variable, law, body):
            return OPERAND, f"E[{variable.id} ~ {format_expression(law)}] {at_least(body, OPERAND)}"
        case Keyword(name, value):
            return ANY, f"{name.id}={at_least(value, ANY)}"
        case Binding(index, lower, None):
            return ANY, f"{index.id} in {at_least(lower, ANY)}"
        case Binding(index, lower, upper):
            assert upper is not None
            start = at_least(lower, ANY, dense=True)
            gap = " " if start.endswith(".") else ""  # `1.` and a range: not three dots in a row
            return ANY, f"{index.id} in {start}{gap}..{at_least(upper, ANY, dense=True)}"
        case _:
            assert_never(expression)


# --- statements


def format_file(file: File) -> str:
    """The whole text: a block of lines for each run of statements of one section, an empty line between blocks."""
    blocks = [format_block(name, list(run)) for name, run in groupby(file.statements, section)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def section(statement: Statement) -> str:
    """The block in which a statement stands."""
    match statement:
        case Let():
            return "definitions"
        case Equation() | Also() | Condition() | Data() | Periodic() | Solution():
            return "equations"
        case Train():
            return "train"
        case _:
            return "declarations"


def format_block(name: str, statements: Sequence[Statement]) -> str:
    if name == "train":
        return "\n\n".join(format_train(train) for train in statements if isinstance(train, Train))
    lines = merged([keyword_and_rest(statement) for statement in statements])
    gap = 2 if name == "equations" else 1
    width = max(len(keyword) for keyword, _ in lines) + gap
    return "\n".join(f"{keyword:{width}}{rest}" for keyword, rest in lines)


def merged(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring `param`, `unknown` or `unknown param` on one line, as far as they fit."""
    result: list[tuple[str, str]] = []
    for keyword, rest in lines:
        if result and keyword in {"param", "unknown", "unknown param"} and result[-1][0] == keyword:
            together = f"{result[-1][1]}, {rest}"
            if len(together) <= MAX_WIDTH:
                result[-1] = (keyword, together)
                continue
        result.append((keyword, rest))
    return result


def keyword_and_rest(statement: Statement) -> tuple[str, str]:
    """A statement's keyword and the text after it."""
    match statement:
        case ProblemName(name):
            return "problem", name.id
        case Dim(name, value):
            return "dim", f"{name.id} = {format_expression(value)}"
        case Param(name, value):
            return "param", f"{name.id} = {format_expression(value)}"
        case RandomParam(name, shape, law):
            kind = f": {format_expression(shape)}" if shape else ""
            return "param", f"{name.id}{kind} ~ {format_law(law)}"
        case ArrayParam(name, shape, value):
            return "param", f"{name.id}: {format_expression(shape)} = {format_expression(value)}"
        case Space(names, grouped, domain, law):
            coordinates = f"({comma_separated(names)})" if grouped else names[0].id
            tail = f" ~ {format_law(law)}" if law else ""
            return "space", f"{coordinates} in {format_expression(domain)}{tail}"
        case Region(name, domain):
            return "region", f"{name.id} = {format_expression(domain)}"
        case Time(name, domain):
            return "time", f"{name.id} in {format_expression(domain)}"
        case Unknown(name, arguments, shape):
            tail = f": {format_law(shape)}" if shape else ""
            return "unknown", f"{name.id}{f'({comma_separated(arguments)})' if arguments else ''}{tail}"
        case UnknownParam(name, value, bounds):
            tail = f" in {format_expression(bounds)}" if bounds else ""
            return "unknown param", f"{name.id} = {format_expression(value)}{tail}"
        case Let(name, parameters, indices, value):
            bracket = f"({comma_separated(parameters)})" if parameters else ""
            bracket += f"[{comma_separated(indices)}]" if indices else ""
            return "let", f"{name.id}{bracket} = {format_expression(value)}"
        case Equation(label, left, right, within):
            return "equation", equality(label, left, right) + format_within(within)
        case Also(label, left, right):
            return "also", equality(label, left, right)
        case Condition(kind, label, left, right, within, places, hard):
            where = ", ".join(format_place(place) for place in places)
            tail = format_within(within) + (f" on {where}" if where else "")
            return "hard " * hard + kind, equality(label, left, right) + tail
        case Data(label, left, file):
            head = f"{label.id}: " if label else ""
            return "data", f"{head}{format_expression(left)} = {format_file_name(file)}"
        case Table(name, parameters, file):
            return "table", f"{name.id}({comma_separated(parameters)}) = {format_file_name(file)}"
        case Periodic(coordinates):
            return "periodic", ", ".join(format_expression(coordinate) for coordinate in coordinates)
        case Solution(kind, unknown, value):
            return kind, f"{unknown.id} = {format_expression(value)}"
        case Train():
            return "train", format_train(statement).removeprefix("train ")
        case _:
            assert_never(statement)


def format_within(within: Within | None) -> str:
    if within is None:
        return ""
    return f" {'outside' if within.outside else 'in'} {within.region.id}"


def format_place(place: Place | Name) -> str:
    if isinstance(place, Name):
        return place.id
    return f"{format_expression(place.coordinate)} = {format_expression(place.value)}"


def format_file_name(file: FileName) -> str:
    column = f" column {file.column.id}" if file.column else ""
    return f'"{file.path}"{column}{f" {file.rule.id}" if file.rule else ""}'


def format_law(law: Call) -> str:
    """A law of random points or numbers; one without arguments is a plain name."""
    return format_expression(law) if law.arguments else law.function.id


def comma_separated(names: Sequence[Name]) -> str:
    return ", ".join(name.id for name in names)


def equality(label: Name | None, left: Expression, right: Expression | None) -> str:
    head = f"{label.id}: " if label else ""
    tail = f" = {format_expression(right)}" if right else ""
    return f"{head}{format_expression(left)}{tail}"


def format_train(train: Train) -> str:
    """One setting a line, values aligned."""
    if not train.settings:
        return "train {}"
    width = max(len(setting.key.id) for setting in train.settings) + 1
    return "\n".join(["train {", *(f"  {format_setting(setting, width)}" for setting in train.settings), "}"])


def format_setting(setting: Setting, width: int) -> str:
    return f"{setting.key.id:{width}}{', '.join(format_item(item) for item in setting.items)}"


def format_item(item: SettingItem) -> str:
    value = format_expression(item.value)
    return f"{item.label.id} {value}" if item.label else value
