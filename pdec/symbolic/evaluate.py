"""A slow interpreter for expressions in index notation: plain loops over indices, in double precision.

It shares nothing with code generation, so that each can be checked against the other, and it needs no torch.
"""

from __future__ import annotations

import math
import operator
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

import sympy
from sympy import Atom, Basic, Expr, Symbol

from pdec.domains import Ball, Domain
from pdec.domains.base import entry
from pdec.problem import RandomArray
from pdec.symbolic.angles import acos, asin, atan, atan2
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Average,
    Axis,
    Coefficient,
    Coordinate,
    Delta,
    Entry,
    Leaf,
    Lookup,
    Measured,
    Noise,
    Normal,
    Partial,
    split_axis,
)
from pdec.symbolic.compare import Max, Min
from pdec.symbolic.elsewhere import Integral, Mean
from pdec.symbolic.hyperbolic import cosh, sinh, tanh
from pdec.symbolic.quadrature import PIECES, falling, interval, mean_by, radial, rules_for
from pdec.symbolic.sums import Contraction, Extreme
from pdec.symbolic.truth import AllOf, AnyOf, Less, Not, Where
from pdec.tables import Table

EPSILON = sys.float_info.epsilon

_FUNCTIONS: Mapping[type, Callable[..., float]] = {
    sympy.sin: math.sin,
    sympy.cos: math.cos,
    sympy.tan: math.tan,
    asin: math.asin,
    acos: math.acos,
    atan: math.atan,
    sympy.atan: math.atan,  # of which SymPy makes atan2 where it can
    atan2: math.atan2,
    sinh: math.sinh,
    cosh: math.cosh,
    tanh: math.tanh,
    sympy.exp: math.exp,
    sympy.log: math.log,
    sympy.erf: math.erf,
    sympy.gamma: math.gamma,
    sympy.Abs: abs,
    sympy.sign: lambda a: float((a > 0) - (a < 0)),
    sympy.Heaviside: lambda a, *_: float(a > 0),
    Max: max,
    Min: min,
}


class NotRealError(ValueError):
    """A power, such as a root, is not a real number: in torch it is nan, and so is all that it enters."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where an expression is evaluated: coordinates (its length is N), time, and the numbers of parameters.

    `unknown` gives the value of a derivative: name, component, axes as numbers with 0 for time. `indices` are the
    numbers that free index symbols stand for; `normal` is the outward normal, at a point of a boundary;
    `arrays` gives the laws of random parameters, `variables` the numbers of variables of averages; `domain` is where
    means are taken; `measured` are the measured values of a data point.
    """

    x: Sequence[float]
    t: float = 0.0
    constants: Mapping[Symbol, float] = field(default_factory=dict)
    unknown: Callable[[str, int, tuple[int, ...]], float] | None = None
    indices: Mapping[Basic, int] = field(default_factory=dict)
    normal: Sequence[float] = ()
    arrays: Mapping[str, RandomArray] = field(default_factory=dict)
    variables: Mapping[str, Sequence[float]] = field(default_factory=dict)
    domain: Domain | None = None
    tables: Mapping[str, Table] = field(default_factory=dict)
    measured: Sequence[float] = ()

    def entry(self, name: str, *numbers: int) -> float:
        """An entry of a random array: not the number that generated code draws, but one of the same law."""
        array, generator = self.arrays[name], random.Random(f"{name} {numbers}")
        if array.law == "uniform":
            return generator.uniform(array.first, array.second)
        return generator.gauss(array.first, array.second)

    def number(self, axis: Axis) -> int:
        """An axis as a number: 1 … N, or 0 for time."""
        if axis == TIME:
            return 0
        symbol, offset = split_axis(axis)
        return offset if symbol is None else self.indices[symbol] + offset


def evaluate(expression: Expr, point: Point) -> tuple[float, float]:
    """The value of `expression` at `point`, and a bound of its rounding error, carried along to first order.

    Raises ValueError, OverflowError or ZeroDivisionError where arithmetic does.
    """
    return _rule(expression.__class__)(expression, point)


@cache
def _rule(kind: Any) -> Callable[[Any, Point], tuple[float, float]]:
    """How expressions of that class are evaluated: looked for once, since an expression holds many of few classes."""
    for base, rule in _RULES:
        if issubclass(kind, base):
            return rule
    # a function of a number comes here, with the error of the number: the 2π of a domain is a rounded one
    return _leaf if issubclass(kind, Atom) and kind.is_number is True else _function


def _sum(expression: Expr, point: Point) -> tuple[float, float]:
    return _added([evaluate(argument, point) for argument in expression.args])


def _product(expression: Expr, point: Point) -> tuple[float, float]:
    product, error = 1.0, 0.0
    for argument in expression.args:
        value, own = evaluate(argument, point)
        product, error = product * value, abs(product) * own + abs(value) * error + EPSILON * abs(product * value)
    return product, error


def _power(expression: Expr, point: Point) -> tuple[float, float]:
    return _applied(operator.pow, [evaluate(argument, point) for argument in expression.args])


def _extreme(expression: Extreme, point: Point) -> tuple[float, float]:
    body, (index, count) = expression.opened()
    values, errors = zip(*(evaluate(body, there) for there in _along(index, count, point)))
    # another entry may be the true extreme: then the value is off by no more than the largest of the errors
    return (max if expression.kind == "max" else min)(values), max(errors)


def _delta(expression: Delta, point: Point) -> tuple[float, float]:
    return float(point.number(expression.args[0]) == point.number(expression.args[1])), 0.0


def _symbol(expression: Symbol, point: Point) -> tuple[float, float]:
    if expression in point.indices or expression == DIM:
        return float(point.indices.get(expression, len(point.x))), 0.0
    return _leaf(expression, point)


def _leaf(expression: Expr, point: Point) -> tuple[float, float]:
    value = _given(expression, point)
    return value, EPSILON * abs(value)


def _looked_up(expression: Lookup, point: Point) -> tuple[float, float]:
    table, along = point.tables[expression.table.name], expression.table.along
    return _applied(lambda *places: table.value(places, along), [evaluate(p, point) for p in expression.places])


def _where(expression: Where, point: Point) -> tuple[float, float]:
    return evaluate(expression.inside if holds(expression.condition, point) else expression.outside, point)


def _function(expression: Expr, point: Point) -> tuple[float, float]:
    function = _FUNCTIONS.get(expression.func)
    if function is None:
        raise ValueError(f"`{expression.func.__name__}` has no value here")
    return _applied(function, [evaluate(argument, point) for argument in expression.args])


def holds(condition: Expr, point: Point) -> bool:
    """Whether a condition holds. Raises ValueError where rounding makes that uncertain."""
    if isinstance(condition, Not):
        return not holds(condition.args[0], point)
    if isinstance(condition, (AllOf, AnyOf)):
        return (all if isinstance(condition, AllOf) else any)(holds(part, point) for part in condition.args)
    if condition.is_Integer:
        return bool(condition == 1)
    (left, left_error), (right, right_error) = (evaluate(side, point) for side in condition.args)
    if 0 < abs(left - right) <= left_error + right_error:
        raise ValueError("too near to a seam")
    return left < right if isinstance(condition, Less) else left == right


def _given(expression: Expr, point: Point) -> float:
    if isinstance(expression, Coordinate):
        number = point.number(expression.axis)
        return point.x[number - 1] if number else point.t
    if isinstance(expression, Normal):
        return point.normal[point.number(expression.axis) - 1]
    if isinstance(expression, Noise) and expression.name in point.variables:
        return point.variables[expression.name][point.number(expression.axis) - 1]
    if isinstance(expression, Entry):
        return point.entry(expression.name, *map(point.number, expression.axes))
    if isinstance(expression, Partial):
        if point.unknown is None:
            raise ValueError("the unknown has no value here")
        axes = tuple(point.number(axis) for axis in expression.axes)
        return point.unknown(expression.name, point.number(expression.component), axes)
    if isinstance(expression, Measured):
        if not point.measured:
            raise ValueError("nothing was measured here")
        return point.measured[max(point.number(expression.axis), 1) - 1]
    if isinstance(expression, (Symbol, Coefficient)):
        return float(point.constants[expression])
    if expression.is_number and expression.is_extended_real:
        return float(expression)
    raise ValueError(f"`{expression.func.__name__}` has no value here")


def _averaged(average: Average, point: Point) -> tuple[float, float]:
    """An integral or a mean by quadrature; the error is that of the rule, and what it hands on."""

    variables = dict(point.variables)
    there = replace(point, variables=variables)

    def at(node: Sequence[float]) -> tuple[float, float]:
        variables[average.name] = node
        return evaluate(average.body, there)

    if isinstance(average, Integral):
        (lower, below), (upper, above) = (evaluate(limit, point) for limit in average.args[2:])
        length = upper - lower
        mean, error = mean_by((interval(pieces) for pieces in PIECES), lambda node: at((lower + length * node[0],)))
        ends = (below + above) * max(abs(at((lower,))[0]), abs(at((upper,))[0])) if below + above else 0.0
        return length * mean, abs(length) * error + ends
    body = radial(average) if isinstance(average, Mean) and isinstance(point.domain, Ball) else None
    if (
        body is not None
        and isinstance(point.domain, Ball)
        and not any(entry(point.domain.center, k) for k in range(len(point.x)))
    ):
        inner, square = body
        radius, dim = point.domain.radius, len(point.x)

        def at_radius(node: Sequence[float]) -> tuple[float, float]:
            # the share of the volume within r is (r/R)^N: minus its logarithm is an exponential number
            known = {**point.constants, square: radius**2 * math.exp(-2 * node[0] / dim)}
            return evaluate(inner, replace(point, constants=known))

        return mean_by((falling(pieces) for pieces in PIECES), at_radius)
    return mean_by(rules_for(average, point.domain, len(point.x)), at)


def _applied(function: Callable[..., Any], arguments: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A function of inexact numbers: its error is what it changes by where an argument changes by its own error."""
    numbers = [value for value, _ in arguments]
    result = _real(function(*numbers))
    error = EPSILON * abs(result)
    for k, (value, own) in enumerate(arguments):
        if own:
            ends = (
                _change(function, [*numbers[:k], moved, *numbers[k + 1 :]], result)
                for moved in (value - own, value + own)
            )
            error += max(ends)
    return result, error


def _change(function: Callable[..., Any], numbers: Sequence[float], result: float) -> float:
    """How far the function is from `result`; zero outside of its domain, which that of a root leaves at zero."""
    try:
        return abs(_real(function(*numbers)) - result)
    except (ValueError, OverflowError, ZeroDivisionError):
        return 0.0


@lru_cache(1000)
def _rational(number: Expr) -> tuple[float, float]:
    """A rational number, without an error where it is a whole number that floating point holds."""
    value = float(number)
    return value, 0.0 if number.is_Integer and abs(value) <= 2**53 else EPSILON * abs(value)


def _real(value: Any) -> float:
    if isinstance(value, complex):
        raise NotRealError("a power is not real")
    return float(value)


def _added(terms: Sequence[tuple[float, float]]) -> tuple[float, float]:
    total = math.fsum(value for value, _ in terms)
    return total, sum(error for _, error in terms) + EPSILON * abs(total)


def _numbers(count: Expr, point: Point) -> range:
    return range(1, round(evaluate(count, point)[0]) + 1)


def _along(index: Basic, count: Expr, point: Point) -> Iterator[Point]:
    """The point with `index` at 1 … count. It is the same object each time: to be used before the next is asked for."""
    indices = dict(point.indices)
    there = replace(point, indices=indices)
    for number in _numbers(count, point):
        indices[index] = number
        yield there


def _contraction(expression: Contraction, point: Point) -> tuple[float, float]:
    return _sum_over(expression.body, expression.limits, point)


def _sum_over(body: Expr, limits: Sequence[tuple[Basic, Expr]], point: Point) -> tuple[float, float]:
    if not limits:
        return evaluate(body, point)
    (index, count), *rest = limits
    return _added([_sum_over(body, rest, there) for there in _along(index, count, point)])


_RULES: tuple[tuple[type, Callable[[Any, Point], tuple[float, float]]], ...] = (
    (sympy.Add, _sum),
    (sympy.Mul, _product),
    (sympy.Pow, _power),
    (sympy.Rational, lambda number, _: _rational(number)),
    (Contraction, _contraction),
    (Extreme, _extreme),
    (Average, _averaged),
    (Delta, _delta),
    (Symbol, _symbol),
    (Leaf, _leaf),
    (Lookup, _looked_up),
    (Where, _where),
)
