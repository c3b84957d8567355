"""Products of estimates: which factors must be estimated by draws of their own, so that no product has a bias.

The mean of a product of independent estimates is the product of their means; that of the square of one estimate is
larger by its variance. So a polynomial in estimates has no bias if no two factors of a term come from the same draws.
"""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Mul, Pow

from pdec.symbolic.atoms import Tensor
from pdec.symbolic.sums import Contraction, contract
from pdec.symbolic.truth import Where


class NotPolynomialError(Exception):
    """What is no polynomial in estimates has no unbiased estimate from finitely many draws; the argument says why."""


def separated(expression: Expr, copy: Callable[[Tensor, int], Expr], first: int = 0) -> tuple[Expr, int]:
    """`expression` with `copy(estimate, k)` for its estimates, k = first, first + 1, …, a new one for each factor of a
    term; and how many that are: the degree.

    Raises NotPolynomialError.
    """
    if not expression.has(Tensor):
        return expression, 0
    if isinstance(expression, Tensor):
        return copy(expression, first), 1
    if isinstance(expression, Add):
        terms = [separated(term, copy, first) for term in expression.args]
        return Add(*(term for term, _ in terms)), max(degree for _, degree in terms)
    if isinstance(expression, Mul):
        return _product(expression.args, copy, first)
    if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp > 0:
        return _product((expression.base,) * int(expression.exp), copy, first)
    if isinstance(expression, Contraction):
        body, limits = expression.opened()
        new, degree = separated(body, copy, first)
        return contract(new, *limits), degree
    if isinstance(expression, Where) and not expression.condition.has(Tensor):
        inside, outside = (separated(piece, copy, first) for piece in (expression.inside, expression.outside))
        return Where(expression.condition, inside[0], outside[0]), max(inside[1], outside[1])
    what = "a quotient or a root" if isinstance(expression, Pow) else f"`{expression.func.__name__}`"
    raise NotPolynomialError(f"{what} of an estimate is no polynomial")


def _product(factors: tuple[Expr, ...], copy: Callable[[Tensor, int], Expr], first: int) -> tuple[Expr, int]:
    new, degree = [], 0
    for factor in factors:
        part, used = separated(factor, copy, first + degree)
        new.append(part)
        degree += used
    return Mul(*new), degree


def degree_of(expression: Expr) -> int:
    """The degree of a polynomial in estimates. Raises NotPolynomialError."""
    return separated(expression, lambda estimate, _: estimate)[1]
