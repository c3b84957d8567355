"""Hypothesis strategies that build random syntax trees: every tree that the parser can make, and no other."""

from __future__ import annotations

from hypothesis import strategies as st

from pdec.diagnostics import Span
from pdec.language.keywords import RESERVED
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

NOWHERE = Span(0, 0)
at = st.just(NOWHERE)


def several(strategy: st.SearchStrategy, least: int = 1, most: int = 3) -> st.SearchStrategy:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


words = st.sampled_from(["u", "x", "t", "N", "E", "R", "e1", "pi", "u_xx", "α", "σ_1", "ψ", "é", "inner", "times"])
names = st.builds(Name, words | st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,5}", fullmatch=True), at).filter(
    lambda name: name.id not in RESERVED
)
numbers = st.builds(
    Number,
    st.from_regex(r"([0-9]{1,3}(\.[0-9]{0,2})?|\.[0-9]{1,3})([eE][+-]?[0-9]{1,2})?", fullmatch=True).filter(
        str.isascii
    ),
    at,
)


def calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Call]:
    argument = inner | st.builds(Keyword, names, inner, at)
    first = argument | st.builds(Binding, names, inner, st.none() | inner, at)
    arguments = st.builds(lambda head, tail: (head, *tail), first, several(argument, 0, 2))
    return st.builds(Call, names, st.just(()) | arguments, at)


def comparison(operators: list[str], first: Expression, other: Expression) -> Comparison:
    return Comparison(tuple(operators), (first, *[other] * len(operators)), NOWHERE)


def compound(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Binary, st.sampled_from([*"+-*/^·×:", "and", "or"]), inner, inner, at),
        st.builds(comparison, st.lists(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), min_size=1), inner, inner),
        st.builds(Not, inner, at),
        st.builds(Negate, inner, at),
        st.builds(Bars, inner, at),
        calls(inner),
        st.builds(Subscript, names, several(inner, 1, 2), at),
        st.builds(Bracket, several(inner), at),
        st.builds(Expectation, names, calls(inner), inner, at),
    )


leaves = names | numbers | st.builds(Name, st.just("equation"), at)
expressions: st.SearchStrategy[Expression] = st.recursive(leaves, compound, max_leaves=12)
small = st.recursive(names | numbers, compound, max_leaves=3)
laws = calls(small)

signed = numbers | st.builds(Negate, numbers, at)
condition_names = st.builds(Name, st.sampled_from(["initial", "terminal", "boundary", "data", "equation", "also"]), at)
hyphenated = st.lists(names, min_size=2, max_size=3).map(lambda n: Name("-".join(part.id for part in n), n[0].span))
items = st.one_of(
    st.builds(SettingItem, st.none(), signed | names | hyphenated, at),
    st.builds(SettingItem, names, signed, at),
    st.builds(SettingItem, condition_names, signed | names, at),
)
settings = st.builds(Setting, names, several(items), at)

coordinates = names | st.builds(Subscript, names, several(small, 1, 1), at)

within = st.none() | st.builds(Within, names, st.booleans(), at)
paths = st.text(st.sampled_from("abz09 ._-/{}%'é"), max_size=8)
rules = st.builds(Name, st.sampled_from(["linear", "nearest"]), at)


def file_names(rule: st.SearchStrategy[Name | None]) -> st.SearchStrategy[FileName]:
    return st.builds(FileName, paths, st.none() | names, rule, at)


statements: st.SearchStrategy[Statement] = st.one_of(
    st.builds(ProblemName, names, at),
    st.builds(Dim, names, small, at),
    st.builds(Param, names, small, at),
    st.builds(RandomParam, names, st.none() | calls(small), laws, at),
    st.builds(ArrayParam, names, calls(small), small, at),
    st.builds(Space, several(names), st.just(True), small, st.none() | laws, at),
    st.builds(Space, several(names, 1, 1), st.just(False), small, st.none() | laws, at),
    st.builds(Region, names, small, at),
    st.builds(Time, names, small, at),
    st.builds(Unknown, names, several(names, 0), st.none() | laws, at),
    st.builds(UnknownParam, names, small, st.none() | small, at),
    st.builds(Let, names, several(names, 0), st.just(()), small, at),
    st.builds(Let, names, st.just(()), several(names), small, at),
    st.builds(Equation, st.none() | names, small, st.none() | small, within, at),
    st.builds(Also, st.none() | names, small, st.none() | small, at),
    st.builds(
        Condition,
        st.sampled_from(["initial", "terminal", "boundary"]),
        st.none() | names,
        small,
        st.none() | small,
        within,
        several(st.builds(Place, coordinates, small, at) | names, 0),
        st.booleans(),
        at,
    ),
    st.builds(Data, st.none() | names, small, file_names(st.none()), at),
    st.builds(Table, names, several(names), file_names(st.none() | rules), at),
    st.builds(Periodic, several(coordinates), at),
    st.builds(Solution, st.sampled_from(["exact", "reference", "manufacture"]), names, small, at),
    st.builds(Train, several(settings, 0), at),
)
files = st.builds(File, several(statements, 0, 8))
