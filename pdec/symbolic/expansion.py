"""Multiplying out, where that ends: how many terms there would be is estimated before SymPy tries."""

from __future__ import annotations

import math

from sympy import Add, Basic, Expr, Mul, Pow, log

from pdec.budget import TooLargeError, left, spend
from pdec.symbolic.effort import constant_part

LARGEST = 3000
"""Larger expressions are not multiplied out: it could take for ever."""
ENORMOUS = 1e9
WRITTEN = 5
"""So many operations in what is multiplied out cost one unit of the allowance."""


def expanded(expression: Expr) -> Expr:
    """`expression` multiplied out. Raises TooLargeError."""
    if not can_expand(expression):
        raise TooLargeError
    return expand(expression)


def expand(expression: Expr) -> Expr:
    """`expression` multiplied out. Raises TooLargeError where that takes more than there is left."""
    work = work_of(expression)
    if work > left():  # not done, so not paid for
        raise TooLargeError
    spend(work)
    return expression.expand()


def work_of(expression: Expr) -> float:
    """Units of the allowance that multiplying out takes, at most."""
    size, length, inside = _terms(expression)
    return (size * length + inside) / WRITTEN


def can_expand(expression: Expr) -> bool:
    """Whether multiplying out, also over one denominator, leaves a reasonable number of terms."""
    operations = expression.count_ops()
    if operations > LARGEST:
        spend(operations // 4)  # for the counting alone
        return False
    spend(1 + operations)
    return expanded_size(expression) <= LARGEST


def expanded_size(expression: Basic) -> float:
    """A bound of how many terms there are once everything is multiplied out over one denominator."""
    if isinstance(expression, Add):
        divisors: dict[Basic, int] = {}
        for term in expression.args:
            for base, exponent in _divisors(term):
                divisors[base] = max(divisors.get(base, 0), exponent)
        below = math.prod(_power_size(expanded_size(base), exponent) for base, exponent in divisors.items())
        return min(ENORMOUS, sum(expanded_size(term) for term in expression.args) * below)
    if isinstance(expression, Mul):
        return min(ENORMOUS, math.prod(expanded_size(factor) for factor in expression.args))
    if isinstance(expression, Pow):
        # of a^(7/2), SymPy multiplies out a^3; a^(n + x) becomes a^n a^x
        terms, exponent = expanded_size(expression.base), expression.exp
        power = _power_size(terms, abs(_whole_part(exponent)))
        if exponent.is_Rational:
            return power if exponent.is_Integer else max(terms, power)
        if isinstance(exponent, Add):
            return min(ENORMOUS, terms ** min(10, len(exponent.args)) * power)
    if isinstance(expression, log):
        return max(len(Mul.make_args(expression.args[0])), expanded_size(expression.args[0]))
    return max((expanded_size(argument) for argument in expression.args), default=1.0)


def _terms(expression: Basic) -> tuple[float, float, float]:
    """Bounds of how many terms there are once everything is multiplied out, but over no common denominator, of the
    operations of the longest, and of those of all that is multiplied out inside functions and denominators."""
    if not expression.args:
        return 1, 0, 0
    sizes, lengths, inner = (list(each) for each in zip(*map(_terms, expression.args)))
    inside = min(ENORMOUS, sum(inner))
    if isinstance(expression, Add):
        return min(ENORMOUS, sum(sizes)), max(lengths), inside
    if isinstance(expression, Mul):
        return min(ENORMOUS, math.prod(sizes)), len(lengths) + sum(lengths), inside
    # of a^(n + x) and a^(7/2), SymPy multiplies out a^n and a^3
    power = _whole_part(expression.exp) if isinstance(expression, Pow) else 0
    if power:
        many, length = _power_size(sizes[0], abs(power)), (1 + lengths[0]) * min(abs(power), sizes[0])
        return (many, length, inside) if power > 0 else (1, many * length, inside + many * length)
    many = len(Mul.make_args(expression.args[0])) if isinstance(expression, log) else 1  # that of a product is a sum
    length = 1 + sum(size * length for size, length in zip(sizes, lengths))
    return many, min(ENORMOUS, length), inside + length


def _whole_part(exponent: Expr) -> int:
    """The whole number in an exponent, as far as it matters how large it is."""
    return max(-int(ENORMOUS), min(int(ENORMOUS), int(constant_part(exponent))))


def _divisors(term: Basic) -> list[tuple[Basic, int]]:
    """Base and power of what a term is divided by."""
    powers = [f for f in Mul.make_args(term) if isinstance(f, Pow) and f.exp.is_Integer and f.exp < 0]
    return [(power.base, -int(power.exp)) for power in powers]


def _power_size(terms: float, exponent: int) -> float:
    """How many terms a power of a sum has."""
    if terms <= 1:
        return 1.0
    logarithm = math.lgamma(terms + exponent) - math.lgamma(terms) - math.lgamma(exponent + 1)
    return math.exp(min(logarithm, math.log(ENORMOUS)))
