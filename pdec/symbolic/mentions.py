"""Which names a piece of the syntax tree mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdec.language import tree


def nodes_in(*nodes: Any) -> Iterator[Any]:
    """Every node of expressions, in the order of the text; None is no expression."""
    for node in nodes:
        if node is None:
            continue
        yield node
        match node:
            case tree.Negate() | tree.Bars() | tree.Not():
                yield from nodes_in(node.operand)
            case tree.Binary():
                yield from nodes_in(node.left, node.right)
            case tree.Comparison():
                yield from nodes_in(*node.operands)
            case tree.Call():
                yield from nodes_in(node.function, *node.arguments)
            case tree.Subscript():
                yield from nodes_in(node.base, *node.indices)
            case tree.Bracket():
                yield from nodes_in(*node.entries)
            case tree.Keyword():
                yield from nodes_in(node.value)
            case tree.Binding():
                yield from nodes_in(node.lower, node.upper)
            case tree.Expectation():
                yield from nodes_in(node.law, node.body)


def names_in(*nodes: Any) -> Iterator[tree.Name]:
    """Every name in expressions, called or not."""
    return (node for node in nodes_in(*nodes) if isinstance(node, tree.Name))


def names_in_declaration(statement: tree.Statement) -> Iterator[tree.Name]:
    """Names used by declarations, which are not elaborated as expressions of the problem."""
    match statement:
        case tree.Space() | tree.Time():
            yield from names_in(statement.domain)
            yield from names_in(getattr(statement, "law", None))
        case tree.Region():
            yield from names_in(statement.domain)
        case tree.Param() | tree.Dim():
            yield from names_in(statement.value)
        case tree.Unknown():
            yield from names_in(statement.shape)
        case tree.UnknownParam():
            yield from names_in(statement.value, statement.bounds)
        case tree.RandomParam():
            yield from names_in(statement.shape)
            yield from names_in(statement.law)
        case tree.ArrayParam():
            yield from names_in(statement.shape)
        case tree.Condition():
            for place in statement.places:
                yield from names_in(place.value if isinstance(place, tree.Place) else place)
            yield from names_in(statement.within and statement.within.region)
        case tree.Equation():
            yield from names_in(statement.within and statement.within.region)
