"""Derivatives of expressions in index notation: sum, product and chain rule over an abstract dimension."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from sympy import Add, Basic, Expr, Function, Integer, Max, Min, Mul, Pow, S, log, sign
from sympy.core.traversal import preorder_traversal

from pdec.budget import TooLargeError, spend
from pdec.symbolic.atoms import (
    DIM,
    TIME,
    Average,
    Axis,
    Coordinate,
    Delta,
    Leaf,
    Lookup,
    Normal,
    Partial,
    TableName,
    fresh,
    slot,
)
from pdec.symbolic.effort import times
from pdec.symbolic.elsewhere import At, Integral, entry_of, moved, put
from pdec.symbolic.profiles import directions
from pdec.symbolic.sums import Contraction, Extreme, contract, rebuilt
from pdec.symbolic.truth import Where

MAX_ORDER = 8
MAX_SIZE = 8_000


class NotDifferentiableError(Exception):
    """A derivative that cannot be taken; the message is for the author of the file."""


def derive(expression: Expr, axis: Axis) -> Expr:
    """∂ expression / ∂ (coordinate along `axis`). Raises NotDifferentiableError, TooLargeError."""
    result = _derived(expression, axis)
    if sum(1 for _ in itertools.islice(preorder_traversal(result), MAX_SIZE)) == MAX_SIZE:
        raise TooLargeError
    return result


def _derived(expression: Expr, axis: Axis) -> Expr:
    spend(1 + len(expression.args))
    if not expression.has(Coordinate, Partial, Normal):
        return S.Zero
    if isinstance(expression, Normal):
        raise NotDifferentiableError("the normal is known on the boundary alone and cannot be differentiated")
    if isinstance(expression, Coordinate):
        return Delta(expression.axis, axis)
    if isinstance(expression, Partial):
        return _one_more(expression, axis)
    if isinstance(expression, At):
        return _derived_elsewhere(expression, axis)
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        return contract(_derived(body, axis), *limits)
    if isinstance(expression, Extreme):
        raise NotDifferentiableError("the largest or smallest entry of a vector cannot be differentiated")
    if isinstance(expression, Average):
        return _derived_average(expression, axis)
    if isinstance(expression, Leaf):
        return S.Zero
    if isinstance(expression, Add):
        return Add(*(_derived(argument, axis) for argument in expression.args))
    if isinstance(expression, Mul):
        factors = expression.args
        return Add(*(times(_derived(f, axis), *factors[:k], *factors[k + 1 :]) for k, f in enumerate(factors)))
    if isinstance(expression, Pow):
        base, exponent = expression.args
        result = times(_derived(base, axis), exponent, Pow(base, exponent - 1))
        if exponent.has(Coordinate, Partial):
            result += times(_derived(exponent, axis), expression, log(base))
        return result
    if isinstance(expression, Where):
        return Where(expression.condition, _derived(expression.inside, axis), _derived(expression.outside, axis))
    if isinstance(expression, (Max, Min)):
        return _derived_extreme(expression, axis)
    if isinstance(expression, sign):
        raise NotDifferentiableError("`sign`, the derivative of `abs`, `min` and `max`, jumps and has no derivative")
    if isinstance(expression, Lookup):
        slopes = [(k, _derived(place, axis)) for k, place in enumerate(expression.places, 1)]
        return Add(*(_slope(expression, k) * inner for k, inner in slopes if inner != 0))
    assert isinstance(expression, Function)
    spend(len(expression.atoms(Function)))  # each function inside is one more factor
    return Add(*(times(_derived(a, axis), expression.fdiff(k)) for k, a in enumerate(expression.args, 1)))


def _one_more(partial: Partial, axis: Axis) -> Expr:
    if len(partial.axes) == MAX_ORDER:
        raise NotDifferentiableError(f"derivatives are taken up to order {MAX_ORDER}")
    return Add(*(weight * Partial(*partial.args, along) for along, weight in directions(partial, axis)))


def _derived_elsewhere(value: At, axis: Axis) -> Expr:
    """Chain rule: the derivative along every coordinate of the place, times that of the place."""

    def there(along: Axis) -> Expr:
        more = _one_more(value.what, along)
        return more.xreplace({partial: At(partial, value.space, value.time) for partial in more.atoms(Partial)})

    index = fresh()
    slope = _derived(entry_of(value.space, index), axis)
    in_space = S.Zero if slope == 0 else there(index) * slope
    speed = _derived(value.time, axis)
    in_time = S.Zero if speed == 0 else there(TIME) * speed
    return contract(in_space, (index, DIM)) + in_time


def _derived_average(average: Average, axis: Axis) -> Expr:
    """The average of the derivative, and for limits that move what they take in (Leibniz)."""
    result = average.over(_derived(average.body, axis))
    if isinstance(average, Integral):
        for limit, side in ((average.upper, 1), (average.lower, -1)):
            speed = _derived(limit, axis)
            if speed != 0:
                result += side * put(average.body, average.name, limit) * speed
    return result


def _slope(lookup: Lookup, number: int) -> Expr:
    """The derivative of a table along one of its parameters."""
    table = lookup.table
    if table.rule != "linear":
        message = f"the table `{table.name}` is read at the nearest point, so it jumps and has no derivative"
        raise NotDifferentiableError(message)
    if table.along:
        message = f"the table `{table.name}` is linear between its points, so it has no second derivative"
        raise NotDifferentiableError(message)
    return Lookup(TableName(*table.args[:2], Integer(number), *table.args[3:]), *lookup.places)


def _derived_extreme(expression: Expr, axis: Axis) -> Expr:
    """The derivative of the argument that is the largest (or smallest): weights of 1 or 0, and 1/2 in a tie of two."""
    side = 1 if isinstance(expression, Max) else -1
    result = S.Zero
    for k, argument in enumerate(expression.args):
        others = expression.func(*expression.args[:k], *expression.args[k + 1 :])
        result += times(_derived(argument, axis), (1 + side * sign(argument - others)) / 2)
    return result


def substituted(expression: Expr, values: Mapping[str, Expr]) -> Expr:
    """`expression` with unknowns replaced by functions of the coordinates (a vector's has `slot(0)` free), and their
    derivatives by those of the functions. Raises NotDifferentiableError."""

    def replace(node: Basic) -> Expr | None:
        if isinstance(node, At):
            space, time = rebuilt(node.space, replace), rebuilt(node.time, replace)
            value = replace(node.what)
            return At(node.what, space, time) if value is None else moved(value, space, time)
        if not isinstance(node, Partial) or node.name not in values:
            return None
        value = values[node.name].xreplace({slot(0): node.component})
        for axis in node.axes:
            value = derive(value, axis)
        return value

    return rebuilt(expression, replace)


def laplacian(expression: Expr) -> Expr:
    """Σ_i ∂_i ∂_i over the space coordinates."""
    index = fresh()
    return contract(derive(derive(expression, index), index), (index, DIM))
