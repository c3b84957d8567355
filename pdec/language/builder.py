"""From the LALR parser's reductions to nodes of the syntax tree: one method for each rule of `grammar/pde.lark`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import Token, Transformer, v_args

from pdec.diagnostics import Span
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

# What the prefix operators are called.
FUNCTIONS = {"LAP": "lap", "BILAP": "bilap", "GRAD": "grad", "DIV": "div", "CURL": "curl", "SQRT": "sqrt"}
# Operators with more than one spelling; the others are written as they are named in the tree.
OPERATORS = {"MINUS": "-", "SETMINUS": "-", "DOT": "·", "POWER": "^"}
SETS = {"CUP": "union", "CAP": "intersection"}
COMPARISONS = {"≤": "<=", "≥": ">=", "≠": "!="}
# Spellings of the same character: subscript digits; the micro and ohm signs, which are Greek letters; the reals.
NORMAL = str.maketrans("₀₁₂₃₄₅₆₇₈₉µ\u2126ℝ", "0123456789μ\u03a9R")
# How a table is read between its points.
RULES = ("linear", "nearest")
FILE_HINT = "write `column q` for the column to take; for a table, `linear` or `nearest`"
DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class MistakeError(Exception):
    """Something that the grammar lets pass so that it can be explained. `{0}`, `{1}` … in the hint are `quoted`."""

    def __init__(self, span: Span, message: str, hint: str, *quoted: Span) -> None:
        super().__init__(message)
        self.span, self.message, self.hint, self.quoted = span, message, hint, quoted


def token_span(token: Token) -> Span:
    """Where a token stands."""
    return Span(token.start_pos or 0, token.end_pos or 0)


def cover(first: Any, last: Any) -> Span:
    """The span from one token or node to another."""
    start, end = (token_span(part) if isinstance(part, Token) else part.span for part in (first, last))
    return Span(start.start, end.end)


def normal_name(text: str) -> str:
    """The one spelling of a name."""
    return "pi" if text == "π" else text.translate(NORMAL)


def superscript_value(token: Token) -> Number | Negate:
    """`²` is 2, `⁻¹` is -1."""
    span, digits = token_span(token), token.translate(DIGITS)
    if digits.startswith("-"):
        return Negate(Number(digits[1:], Span(span.start + 1, span.end)), span)
    return Number(digits, span)


@v_args(inline=True)
class Builder(Transformer[Token, Any]):
    """Each method gets the parts of a rule in order; an optional part that is missing comes as None."""

    # --- statements. Each gives a tuple, since `param a = 1, b = 2` makes two.

    def problem(self, keyword: Token, name: Name) -> tuple[Statement, ...]:
        return (ProblemName(name, cover(keyword, name)),)

    def dim(self, keyword: Token, name: Name, value: Expression) -> tuple[Statement, ...]:
        return (Dim(name, value, cover(keyword, value)),)

    def params(self, keyword: Token, *params: Param | RandomParam | ArrayParam) -> tuple[Statement, ...]:
        return params

    def assignment(self, name: Name, value: Expression) -> Param:
        return Param(name, value, cover(name, value))

    def plain_law(self, name: Name) -> Call:
        """`~ radial` is radial()."""
        return Call(name, (), name.span)

    def random(self, name: Name, shape: Call, law: Call) -> RandomParam:
        return RandomParam(name, shape, law, cover(name, law))

    def random_number(self, name: Name, law: Call) -> RandomParam:
        return RandomParam(name, None, law, cover(name, law))

    def array(self, name: Name, shape: Call, value: Expression) -> ArrayParam:
        return ArrayParam(name, shape, value, cover(name, value))

    def space(self, keyword: Token, name: Name, domain: Expression, law: Call | None) -> tuple[Statement, ...]:
        return (Space((name,), False, domain, law, cover(keyword, law or domain)),)

    def grouped_space(self, keyword: Token, *parts: Any) -> tuple[Statement, ...]:
        *names, domain, law = parts
        return (Space(tuple(names), True, domain, law, cover(keyword, law or domain)),)

    def region(self, keyword: Token, name: Name, domain: Expression) -> tuple[Statement, ...]:
        return (Region(name, domain, cover(keyword, domain)),)

    def time(self, keyword: Token, name: Name, domain: Expression) -> tuple[Statement, ...]:
        return (Time(name, domain, cover(keyword, domain)),)

    def unknowns(self, keyword: Token, *unknowns: Unknown) -> tuple[Statement, ...]:
        return unknowns

    def unknown_params(self, keyword: Token, param: Token, *numbers: UnknownParam) -> tuple[Statement, ...]:
        return numbers

    def sought(self, name: Name, value: Expression, bounds: Expression | None) -> UnknownParam:
        return UnknownParam(name, value, bounds, cover(name, bounds or value))

    def field(self, name: Name, names: tuple[Name | Token, ...] | None, shape: Call | None) -> Unknown:
        *arguments, end = names or (name,)
        return Unknown(name, tuple(a for a in arguments if isinstance(a, Name)), shape, cover(name, shape or end))

    def names(self, *names: Name | Token) -> tuple[Name | Token, ...]:
        """The names and the closing bracket."""
        return names

    def lets(self, keyword: Token, *lets: Let) -> tuple[Statement, ...]:
        return lets

    def define(self, name: Name, value: Expression) -> Let:
        return Let(name, (), (), value, cover(name, value))

    def define_function(self, name: Name, *parts: Any) -> Let:
        *parameters, value = parts
        return Let(name, tuple(parameters), (), value, cover(name, value))

    def define_indexed(self, name: Name, *parts: Any) -> Let:
        *indices, value = parts
        return Let(name, (), tuple(indices), value, cover(name, value))

    def equation(
        self, keyword: Token, label: Name | None, left: Expression, right: Expression | None, within: Within | None
    ) -> tuple[Statement, ...]:
        return (Equation(label, left, right, within, cover(keyword, within or right or left)),)

    def also(
        self, keyword: Token, label: Name | None, left: Expression, right: Expression | None
    ) -> tuple[Statement, ...]:
        return (Also(label, left, right, cover(keyword, right or left)),)

    def condition(
        self,
        hard: Token | None,
        keyword: Token,
        label: Name | None,
        left: Expression,
        right: Expression | None,
        within: Within | None,
        places: tuple[Place | Name, ...] | None,
    ) -> tuple[Statement, ...]:
        span = cover(hard or keyword, places[-1] if places else within or right or left)
        return (Condition(str(keyword), label, left, right, within, places or (), hard is not None, span),)

    def within(self, keyword: Token, region: Name) -> Within:
        return Within(region, keyword.type == "OUTSIDE", cover(keyword, region))

    def places(self, keyword: Token, *places: Place | Name) -> tuple[Place | Name, ...]:
        return places

    def place(self, coordinate: Name | Subscript, value: Expression) -> Place:
        return Place(coordinate, value, cover(coordinate, value))

    def data(self, keyword: Token, label: Name | None, left: Expression, file: FileName) -> tuple[Statement, ...]:
        if file.rule is not None:
            raise MistakeError(file.rule.span, "only a table is read between its points", "leave this word away")
        return (Data(label, left, file, cover(keyword, file)),)

    def table(self, keyword: Token, name: Name, *parts: Any) -> tuple[Statement, ...]:
        *parameters, file = parts
        return (Table(name, tuple(parameters), file, cover(keyword, file)),)

    def file(self, path: Token, *words: Name) -> FileName:
        """The name of a file, and the words after it."""
        column, rule, rest = None, None, list(words)
        while rest:
            word = rest.pop(0)
            if word.id == "column" and rest and column is None:
                column = rest.pop(0)
            elif word.id in RULES and rule is None:
                rule = word
            else:
                what = "a second rule for one table" if word.id in RULES else "not known after the name of a file"
                raise MistakeError(word.span, f"`{word.id}` is {what}", FILE_HINT)
        return FileName(path[1:-1], column, rule, cover(path, words[-1] if words else path))

    def periodic(self, keyword: Token, *coordinates: Name | Subscript) -> tuple[Statement, ...]:
        return (Periodic(coordinates, cover(keyword, coordinates[-1])),)

    def solution(self, keyword: Token, unknown: Name, value: Expression) -> tuple[Statement, ...]:
        return (Solution(str(keyword), unknown, value, cover(keyword, value)),)

    def train(self, keyword: Token, *parts: Any) -> tuple[Statement, ...]:
        *settings, end = parts
        return (Train(tuple(settings), cover(keyword, end)),)

    def setting(self, key: Name, *items: SettingItem) -> Setting:
        return Setting(key, items, cover(key, items[-1]))

    def value(self, value: Number | Negate | Name) -> SettingItem:
        return SettingItem(None, value, value.span)

    def labelled(self, label: Name, value: Number | Negate | Name) -> SettingItem:
        return SettingItem(label, value, cover(label, value))

    def hyphenated(self, *parts: Name | Token) -> Name:
        """`stein-chi`: one word, as the name of a method is."""
        names = [part for part in parts if isinstance(part, Name)]
        return Name("-".join(name.id for name in names), cover(names[0], names[-1]))

    def condition_name(self, keyword: Token) -> Name:
        return Name(str(keyword), token_span(keyword))

    # --- expressions

    def name(self, token: Token) -> Name:
        return Name(normal_name(token), token_span(token))

    def number(self, token: Token) -> Number:
        return Number(str(token), token_span(token))

    def negate(self, minus: Token, operand: Expression) -> Negate:
        return Negate(operand, cover(minus, operand))

    def binary(self, left: Expression, operator: Token, right: Expression) -> Binary | Call:
        """`A ∪ B` is union(A, B)."""
        if operator.type in SETS:
            return Call(Name(SETS[operator.type], token_span(operator)), (left, right), cover(left, right))
        return Binary(OPERATORS.get(operator.type, str(operator)), left, right, cover(left, right))

    def comparison(self, *parts: Any) -> Comparison:
        operators = tuple(COMPARISONS.get(operator, str(operator)) for operator in parts[1::2])
        return Comparison(operators, parts[::2], cover(parts[0], parts[-1]))

    def opposite(self, word: Token, operand: Expression) -> Not:
        return Not(operand, cover(word, operand))

    def equation_name(self, token: Token) -> Name:
        """`equation` in `also grad(equation) = 0`."""
        return Name(str(token), token_span(token))

    def superscript(self, base: Expression, exponent: Token) -> Binary:
        return Binary("^", base, superscript_value(exponent), cover(base, exponent))

    def parenthesis(self, opening: Token, inner: Expression, closing: Token) -> Expression:
        """Brackets leave no node, but the span of what they hold takes them in."""
        return replace(inner, span=cover(opening, closing))

    def subscripted(self, opening: Token, inner: Expression, closing: Token, by: Token) -> Call:
        """`(u^2)_xx` is d(u^2, xx)."""
        span = token_span(by)
        variables = Name(normal_name(by[1:]), Span(span.start + 1, span.end))
        return Call(Name("d", Span(span.start, span.start + 1)), (inner, variables), cover(opening, by))

    def call(self, function: Name, *parts: Any) -> Call:
        *arguments, closing = parts
        return Call(function, tuple(arguments), cover(function, closing))

    def binding(self, index: Name, lower: Expression, upper: Expression | None) -> Binding:
        return Binding(index, lower, upper, cover(index, upper or lower))

    def keyword(self, name: Name, value: Expression) -> Keyword:
        return Keyword(name, value, cover(name, value))

    def subscript(self, base: Name, *parts: Any) -> Subscript:
        *indices, closing = parts
        return Subscript(base, tuple(indices), cover(base, closing))

    def bracket(self, opening: Token, *parts: Any) -> Bracket:
        *entries, closing = parts
        return Bracket(tuple(entries), cover(opening, closing))

    def bars(self, opening: Token, operand: Expression, closing: Token) -> Bars:
        return Bars(operand, cover(opening, closing))

    def apply(self, operator: Token, operand: Expression) -> Call:
        """`Δu` is lap(u)."""
        return Call(Name(FUNCTIONS[operator.type], token_span(operator)), (operand,), cover(operator, operand))

    def partial(self, operator: Token, operand: Expression) -> Name | Call:
        """`∂_t u` is u_t; of anything but a plain name, `∂_t (u^2)`, it is d(u^2, t)."""
        whole, span = cover(operator, operand), token_span(operator)
        variable = normal_name(operator.removeprefix("∂_"))
        if isinstance(operand, Name) and "_" not in operand.id:
            return Name(f"{operand.id}_{variable}", whole)
        return Call(Name("d", Span(span.start, span.start + 1)), (operand, Name(variable, span)), whole)

    def advection(
        self, opening: Token, velocity: Expression, along: Token, closing: Token, operand: Expression
    ) -> Call:
        """`(u.grad)v` is advect(u, v)."""
        return Call(Name("advect", cover(opening, closing)), (velocity, operand), cover(opening, operand))

    def expectation(self, opening: Token, variable: Name, law: Call, body: Expression) -> Expectation:
        return Expectation(variable, law, body, cover(opening, body))

    def quotient(self, partial: Token, order: Token | None, operand: Expression, *by: Any) -> Call:
        """`∂u/∂t` is d(u, t), `∂³u/∂x²∂y` is d(u, x, 2, y)."""
        arguments = [argument for part in by for argument in part]
        span = Span(token_span(partial).start, max(argument.span.end for argument in arguments))
        above = int(order.translate(DIGITS)) if order else 1
        below = sum(int(part[1].text) if len(part) > 1 else 1 for part in by)
        if above != below:
            message = f"order {above} above the line and {below} below it"
            raise MistakeError(span, message, "write `∂²u/∂x²` or `d(u, x, 2)`")
        return Call(Name("d", token_span(partial)), (operand, *arguments), span)

    def by(self, partial: Token, variable: Expression, order: Token | None) -> tuple[Any, ...]:
        if order is None:
            return (variable,)
        value = superscript_value(order)
        if isinstance(value, Negate):
            raise MistakeError(value.span, "the order of a derivative cannot be negative", "")
        return (variable, value)

    def ambiguous_power(self, base: Name | Call | Expectation, *power: Any) -> Expression:
        """`Δu^2`: readers disagree on what it means."""
        exponent = token_span(power[-1]) if isinstance(power[-1], Token) else cover(power[0], power[-1])
        whole, message = base.span.to(exponent), "a power directly after a prefix operator is ambiguous"
        if isinstance(base, Name):  # `∂_t u`, read as u_t
            raise MistakeError(whole, message, "write `({0}){1}`", base.span, exponent)
        # of `∂_t u` the operand is the first argument, of `(u.grad)v` the second
        parts = (base.body,) if isinstance(base, Expectation) else base.arguments
        operand = max((part.span for part in parts), key=lambda span: span.start)
        operator = Span(base.span.start, operand.start)
        raise MistakeError(whole, message, "write `({0}){1}` or `{2}({3}{1})`", base.span, exponent, operator, operand)
