"""Derivatives of expressions in index notation: sum, product and chain rule over an abstract dimension."""

from __future__ import annotations

from sympy import Add, Expr, Function, Max, Min, Mul, Pow, S, log
from sympy.core.function import ArgumentIndexError

from pdec.symbolic.atoms import (
    DIM,
    Axis,
    Contraction,
    Coordinate,
    Delta,
    Expectation,
    Leaf,
    Partial,
    contract,
    fresh,
)


class NotDifferentiableError(Exception):
    """A function whose derivative pdec does not know; the argument names it."""


def derive(expression: Expr, axis: Axis) -> Expr:
    """∂ expression / ∂ (coordinate along `axis`). Raises NotDifferentiableError."""
    if not expression.has(Coordinate, Partial):
        return S.Zero
    if isinstance(expression, Coordinate):
        return Delta(expression.axis, axis)
    if isinstance(expression, Partial):
        return Partial(*expression.args, axis)
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        return contract(derive(body, axis), *limits)
    if isinstance(expression, Expectation):
        return Expectation(derive(expression.body, axis), *expression.args[1:])
    if isinstance(expression, Leaf):
        return S.Zero
    if isinstance(expression, Add):
        return Add(*(derive(argument, axis) for argument in expression.args))
    if isinstance(expression, Mul):
        factors = expression.args
        return Add(*(Mul(*factors[:k], derive(f, axis), *factors[k + 1 :]) for k, f in enumerate(factors)))
    if isinstance(expression, Pow):
        base, exponent = expression.args
        result = exponent * Pow(base, exponent - 1) * derive(base, axis)
        if exponent.has(Coordinate, Partial):
            result += expression * log(base) * derive(exponent, axis)
        return result
    if isinstance(expression, (Function, Max, Min)):
        try:
            return Add(*(expression.fdiff(k + 1) * derive(a, axis) for k, a in enumerate(expression.args)))
        except ArgumentIndexError:
            raise NotDifferentiableError(str(expression.func)) from None
    raise NotDifferentiableError(str(expression.func))


def laplacian(expression: Expr) -> Expr:
    """Σ_i ∂_i ∂_i over the space coordinates."""
    index = fresh()
    return contract(derive(derive(expression, index), index), (index, DIM))
