"""A slow interpreter for expressions in index notation: plain loops over indices, in double precision.

It shares nothing with code generation, so that each can be checked against the other, and it needs no torch.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy
from sympy import Basic, Expr, Symbol

from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Axis,
    Contraction,
    Coordinate,
    Delta,
    Entry,
    Extreme,
    Normal,
    Partial,
    split_axis,
)

_FUNCTIONS: Mapping[type, Callable[..., float]] = {
    sympy.sin: math.sin,
    sympy.cos: math.cos,
    sympy.tan: math.tan,
    sympy.asin: math.asin,
    sympy.acos: math.acos,
    sympy.atan: math.atan,
    sympy.atan2: math.atan2,
    sympy.sinh: math.sinh,
    sympy.cosh: math.cosh,
    sympy.tanh: math.tanh,
    sympy.exp: math.exp,
    sympy.log: math.log,
    sympy.erf: math.erf,
    sympy.Abs: abs,
    sympy.sign: lambda a: float((a > 0) - (a < 0)),
    sympy.Heaviside: lambda a, *_: float(a > 0),
    sympy.Max: max,
    sympy.Min: min,
}


@dataclass(frozen=True, slots=True)
class Point:
    """Where an expression is evaluated: coordinates (its length is N), time, and the numbers of parameters.

    `unknown` gives the value of a derivative: name, component, axes as numbers with 0 for time. `indices` are the
    numbers that free index symbols stand for; `normal` is the outward normal, at a point of a boundary.
    """

    x: Sequence[float]
    t: float = 0.0
    constants: Mapping[Symbol, float] = field(default_factory=dict)
    unknown: Callable[[str, int, tuple[int, ...]], float] | None = None
    indices: Mapping[Basic, int] = field(default_factory=dict)
    normal: Sequence[float] = ()

    def entry(self, name: str, number: int) -> float:
        """An entry of a random vector: any reproducible normal number will do where an identity is checked."""
        return random.Random(f"{name} {number}").gauss(0, 1)

    def with_index(self, index: Basic, number: int) -> Point:
        return replace(self, indices={**self.indices, index: number})

    def number(self, axis: Axis) -> int:
        """An axis as a number: 1 … N, or 0 for time."""
        if axis == TIME:
            return 0
        symbol, offset = split_axis(axis)
        return offset if symbol is None else self.indices[symbol] + offset


def evaluate(expression: Expr, point: Point) -> float:
    """The value of `expression` at `point`. Raises ValueError, OverflowError, ZeroDivisionError as arithmetic does."""
    if isinstance(expression, Contraction):
        return _sum(expression, point)
    if isinstance(expression, Coordinate):
        number = point.number(expression.axis)
        return point.x[number - 1] if number else point.t
    if isinstance(expression, Extreme):
        body, (index, count) = expression.opened()
        numbers = range(1, round(evaluate(count, point)) + 1)
        values = [evaluate(body, point.with_index(index, number)) for number in numbers]
        return max(values) if expression.kind == "max" else min(values)
    if isinstance(expression, Normal):
        return point.normal[point.number(expression.axis) - 1]
    if isinstance(expression, Entry):
        return point.entry(expression.name, point.number(expression.axis))
    if isinstance(expression, Delta):
        return float(point.number(expression.args[0]) == point.number(expression.args[1]))
    if isinstance(expression, Partial):
        if point.unknown is None:
            raise ValueError("the unknown has no value here")
        axes = tuple(point.number(axis) for axis in expression.axes)
        return point.unknown(expression.name, point.number(expression.component), axes)
    if isinstance(expression, Symbol):
        if expression in point.indices:
            return float(point.indices[expression])
        return float(len(point.x)) if expression == DIM else float(point.constants[expression])
    if expression.is_Add:
        return math.fsum(evaluate(argument, point) for argument in expression.args)
    if expression.is_Mul:
        return math.prod(evaluate(argument, point) for argument in expression.args)
    if expression.is_Pow:
        value = evaluate(expression.base, point) ** evaluate(expression.exp, point)
        if isinstance(value, complex):
            raise ValueError("a power is not real")
        return value
    if expression.func in _FUNCTIONS:
        return float(_FUNCTIONS[expression.func](*(evaluate(argument, point) for argument in expression.args)))
    if expression.is_number:
        return float(expression)
    raise ValueError(f"`{expression.func.__name__}` has no value here")


def _sum(contraction: Contraction, point: Point) -> float:
    (index, count), *rest = contraction.limits
    body = contraction.body
    total = []
    for number in range(1, round(evaluate(count, point)) + 1):
        inner = point.with_index(index, number)
        total.append(_sum_over(body, rest, inner) if rest else evaluate(body, inner))
    return math.fsum(total)


def _sum_over(body: Expr, limits: Sequence[tuple[Basic, Expr]], point: Point) -> float:
    if not limits:
        return evaluate(body, point)
    (index, count), *rest = limits
    numbers = range(1, round(evaluate(count, point)) + 1)
    return math.fsum(_sum_over(body, rest, point.with_index(index, number)) for number in numbers)
