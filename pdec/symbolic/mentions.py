"""Which names a piece of the syntax tree mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdec.language import tree


def names_in(node: Any) -> Iterator[tree.Name]:
    """Every name in an expression, called or not."""
    match node:
        case tree.Name():
            yield node
        case tree.Negate() | tree.Bars():
            yield from names_in(node.operand)
        case tree.Binary():
            yield from names_in(node.left)
            yield from names_in(node.right)
        case tree.Call():
            yield node.function
            for argument in node.arguments:
                yield from names_in(argument)
        case tree.Subscript():
            yield node.base
            for index in node.indices:
                yield from names_in(index)
        case tree.Bracket():
            for entry in node.entries:
                yield from names_in(entry)
        case tree.Keyword():
            yield from names_in(node.value)
        case tree.Binding():
            yield from names_in(node.lower)
            yield from names_in(node.upper)
        case tree.Expectation():
            yield from names_in(node.law)
            yield from names_in(node.body)


def names_in_declaration(statement: tree.Statement) -> Iterator[tree.Name]:
    """Names used by declarations, which are not elaborated as expressions of the problem."""
    match statement:
        case tree.Space() | tree.Time():
            yield from names_in(statement.domain)
            yield from names_in(getattr(statement, "law", None))
        case tree.Param() | tree.Dim():
            yield from names_in(statement.value)
        case tree.Unknown():
            yield from names_in(statement.shape)
