"""Parts that the residuals on one point set have in several places: generated code computes them once.

A manufactured source and its solution share nearly everything, and what is written out twice is computed twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TypeAlias

from sympy import Add, Expr, Function, Max, Min, Mul, Pow, Symbol

from pdec.codegen.printer import Axes
from pdec.symbolic.atoms import Average, Noise
from pdec.symbolic.elsewhere import At
from pdec.symbolic.sums import Contraction, Extreme
from pdec.symbolic.truth import Where

Part: TypeAlias = tuple[Expr, Axes]
"""An expression, and the index in it with its count where it stands in a sum and depends on its index."""

INNER = (Add, Mul, Pow, Max, Min, Function)
"""What is looked into, and sums over one index; a piece of a `Where` is for the points of its set only."""


def bare(expression: Expr) -> Expr:
    """What is printed for `expression` after a minus sign, or below a fraction bar."""
    if isinstance(expression, Mul) and expression.as_coeff_Mul()[0].is_negative:
        return bare(-expression)
    if isinstance(expression, Pow) and expression.exp.is_Rational and expression.exp.is_negative:
        return bare(1 / expression)
    return expression


def repeated(expressions: Iterable[Expr], constants: Collection[Symbol]) -> frozenset[Part]:
    """The parts that have several places in `expressions`, and in them a sum or a function.

    Their only symbols are `constants` and their own index: what has another one is no tensor of its own.
    """
    places: Counter[Part] = Counter()

    def look(expression: Expr, axes: Axes) -> None:
        expression = bare(expression)
        own = tuple(limit for limit in axes if limit[0] in expression.free_symbols)
        places[expression, own] += 1
        if places[expression, own] > 1:
            return
        if isinstance(expression, Contraction) and not own and len(expression.limits) == 1:
            look(expression.body, tuple((index, count) for index, count in expression.limits))
        elif isinstance(expression, INNER) and not isinstance(expression, Where):
            for argument in expression.args:
                look(argument, own)

    for expression in expressions:
        look(expression, ())
    return frozenset(part for part, count in places.items() if count > 1 and _worth_a_name(*part, constants))


def _worth_a_name(expression: Expr, axes: Axes, constants: Collection[Symbol]) -> bool:
    if not isinstance(expression, (*INNER, Contraction, Extreme)) or expression.has(Noise, Average, At):
        return False
    own = {index for index, _ in axes}
    return expression.has(Contraction, Extreme, Function) and all(
        s in constants or s in own for s in expression.free_symbols
    )
