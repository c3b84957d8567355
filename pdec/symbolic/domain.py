"""What stands after `in`: a domain of space or an interval of time, read off the syntax tree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pdec.diagnostics import Span, nearest
from pdec.domains import Ball, Box, Domain, WholeSpace
from pdec.domains.ball import LAWS as BALL_LAWS
from pdec.language import tree

Number = Callable[[tree.Expression], float]
"""Evaluates a constant expression; raises PdeError."""


class DomainError(Exception):
    """A domain that cannot be used: where, why, and what to try."""

    def __init__(self, span: Span, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.span, self.message, self.hint = span, message, hint


@dataclass(frozen=True, slots=True)
class Region:
    """A domain, its dimension (an expression to evaluate, or a number), and whether points in it are plain numbers."""

    domain: Domain
    dim: tree.Expression | int
    scalar: bool


FORMS = "domains are [a, b], [a, b]^N, [a, b]*[c, d], ball(N, radius=1) and R^N ~ normal(0, 1)"


def interval(node: tree.Expression, number: Number) -> tuple[float, float]:
    """The ends of `[a, b]`. Raises DomainError."""
    if not isinstance(node, tree.Bracket) or len(node.entries) != 2:
        raise DomainError(node.span, "this is not an interval", "write [0, 1]")
    lower, upper = (number(entry) for entry in node.entries)
    if not lower < upper:
        raise DomainError(node.span, f"the interval [{lower:g}, {upper:g}] is empty", "the smaller end comes first")
    return lower, upper


def region(node: tree.Expression, law: tree.Call | None, number: Number) -> Region:
    """The domain that `node` and the sampling law after `~` describe. Raises DomainError."""
    match node:
        case tree.Name("R"):
            return Region(_whole_space(node, law, number), 1, True)
        case tree.Binary("^", tree.Name("R"), dim):
            return Region(_whole_space(node, law, number), dim, False)
    ball = isinstance(node, tree.Call) and node.function.id == "ball"
    if law is not None and (law.function.id not in (BALL_LAWS if ball else ("uniform",)) or law.arguments):
        what = "a ball are drawn by the law uniform or radial" if ball else "a bounded domain are drawn uniformly"
        hint = "leave `~ …` away" + (", or write ball(N) ~ radial" if ball else "")
        raise DomainError(law.span, f"points of {what}", hint)
    match node:
        case tree.Bracket():
            low, high = interval(node, number)
            return Region(Box((low,), (high,)), 1, True)
        case tree.Binary("^", tree.Bracket() as side, dim):
            low, high = interval(side, number)
            return Region(Box((low,), (high,)), dim, False)
        case tree.Binary("*" | "×"):
            sides = [interval(side, number) for side in _factors(node)]
            lower, upper = zip(*sides)
            return Region(Box(lower, upper), len(sides), False)
        case tree.Call(tree.Name("ball")):
            return _ball(node, law.function.id if law else "uniform", number)
        case tree.Call(function):
            hint = nearest(function.id, ["ball"]) or FORMS
            raise DomainError(function.span, f"`{function.id}` is not a known domain", hint)
    raise DomainError(node.span, "this is not a domain", FORMS)


def _factors(node: tree.Expression) -> list[tree.Expression]:
    if isinstance(node, tree.Binary) and node.operator in "*×":
        return [*_factors(node.left), *_factors(node.right)]
    return [node]


def _ball(node: tree.Call, law: str, number: Number) -> Region:
    values = {"radius": 1.0, "center": 0.0}
    dims = [argument for argument in node.arguments if not isinstance(argument, tree.Keyword)]
    for argument in node.arguments:
        if isinstance(argument, tree.Keyword):
            if argument.name.id not in values:
                message = f"`ball` has no argument `{argument.name.id}`"
                raise DomainError(argument.span, message, "write ball(N, radius=1, center=0)")
            values[argument.name.id] = number(argument.value)
    if len(dims) != 1 or isinstance(dims[0], tree.Binding):
        raise DomainError(node.span, "`ball` takes the dimension first", "write ball(N) or ball(N, radius=1)")
    try:
        return Region(Ball(values["radius"], values["center"], law), dims[0], False)
    except ValueError as error:
        raise DomainError(node.span, str(error)) from None


def _whole_space(node: tree.Expression, law: tree.Call | None, number: Number) -> WholeSpace:
    if law is None:
        message = "a whole space has no uniform law, so it must be said where points are drawn"
        raise DomainError(node.span, message, "write R^N ~ normal(0, 1)")
    plain = [argument for argument in law.arguments if not isinstance(argument, (tree.Keyword, tree.Binding))]
    if law.function.id != "normal" or len(plain) != len(law.arguments) or len(plain) not in (0, 2):
        message = "points of a whole space are drawn from a normal law: its mean and its standard deviation"
        raise DomainError(law.span, message, "write R^N ~ normal(0, 1)")
    mean, std = (number(argument) for argument in plain) if plain else (0.0, 1.0)
    try:
        return WholeSpace("normal", mean, std)
    except ValueError as error:
        raise DomainError(law.span, str(error)) from None
