"""Complex numbers as pairs: a value with i in it is brought to the form a + i·b, a and b real, as soon as it is made.

A complex unknown h is Partial(h, 1) + i·Partial(h, 2). Linear operators go through the sum as they are; functions of
complex numbers are worked out here, so that i stands nowhere but in front of b, and never inside a sum over an index.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import sympy
from sympy import Abs, Expr, Pow, S, cos, exp, log, sin, sqrt, tan
from sympy.core.traversal import preorder_traversal

from pdec.budget import TooLargeError, spend
from pdec.symbolic.angles import atan2
from pdec.symbolic.atoms import Average
from pdec.symbolic.effort import built
from pdec.symbolic.hyperbolic import cosh, sinh, tanh
from pdec.symbolic.sums import Contraction, contract
from pdec.symbolic.truth import Where

I = S.ImaginaryUnit  # noqa: E741
MAX_POWER = 6
MAX_NODES = 4000

Pair = tuple[Expr, Expr]


class NotRealError(Exception):
    """A function of real numbers with a complex argument; the message is for the author of the file."""


def is_complex(value: Expr) -> bool:
    """Whether i stands in a value."""
    return bool(value.has(I))


def canonical(value: Expr) -> Expr:
    """`value` as a + i·b. Raises NotRealError, TooLargeError."""
    real, imaginary = parts(value)
    result = real + I * imaginary
    if sum(1 for _ in itertools.islice(preorder_traversal(result), MAX_NODES)) == MAX_NODES:
        raise TooLargeError
    return result


def parts(value: Expr) -> Pair:
    """The real and the imaginary part. Raises NotRealError."""
    spend(0.3)
    if not value.has(I):
        return value, S.Zero
    if value == I:
        return S.Zero, S.One
    if value.is_Add:
        pairs = [parts(argument) for argument in value.args]
        return sympy.Add(*(a for a, _ in pairs)), sympy.Add(*(b for _, b in pairs))
    if value.is_Mul:
        result: Pair = (S.One, S.Zero)
        for argument in value.args:
            result = _product(result, parts(argument))
        return result
    if isinstance(value, Pow):
        return _power(parts(value.base), value.exp)
    if isinstance(value, Where):
        inside, outside = parts(value.inside), parts(value.outside)
        return Where(value.condition, inside[0], outside[0]), Where(value.condition, inside[1], outside[1])
    if isinstance(value, Contraction):
        body, limits = value.opened()
        a, b = parts(body)
        return contract(a, *limits), contract(b, *limits)
    if isinstance(value, Average):
        a, b = parts(value.body)
        return _averaged(value, a), _averaged(value, b)
    if value.func in _FUNCTIONS:
        return _FUNCTIONS[value.func](*parts(value.args[0]))
    raise NotRealError(f"`{value.func.__name__.lower()}` takes real numbers, and this one is complex")


def conjugate(value: Expr) -> Expr:
    """a - i·b"""
    real, imaginary = parts(value)
    return real - I * imaginary


def modulus(value: Expr) -> Expr:
    """√(a² + b²), or |a| of a real number."""
    real, imaginary = parts(value)
    return built(Abs, real) if imaginary == 0 else sqrt(real**2 + imaginary**2)


def real_only(name: str, function: Callable[..., Expr]) -> Callable[..., Expr]:
    """`function`, which refuses complex arguments by its name in a file."""

    def checked(*arguments: Expr) -> Expr:
        if any(map(is_complex, arguments)):
            raise NotRealError(f"`{name}` takes real numbers, and this one is complex")
        return function(*arguments)

    return checked


def _averaged(average: Average, part: Expr) -> Expr:
    """The average of a part of the body; the limits of an integral are real."""
    return average.mapped(lambda e: part if e == average.body else e)


def _product(left: Pair, right: Pair) -> Pair:
    (a, b), (c, d) = left, right
    return a * c - b * d, a * d + b * c


def _inverse(pair: Pair) -> Pair:
    a, b = pair
    return a / (a**2 + b**2), -b / (a**2 + b**2)


def _power(base: Pair, exponent: Expr) -> Pair:
    """z^e; for exponents that are not small whole numbers by the principal value of the logarithm."""
    if exponent.is_Integer and abs(exponent) <= MAX_POWER:
        result: Pair = (S.One, S.Zero)
        for _ in range(abs(int(exponent))):
            result = _product(result, base)
        return result if exponent > 0 else _inverse(result)
    if not exponent.has(I):
        # r^e first: it is zero at zero, where the logarithm is not
        a, b = base
        size, angle = Pow(a**2 + b**2, exponent / 2), exponent * atan2(b, a)
        return size * cos(angle), size * sin(angle)
    return _exp(*_product(parts(exponent), _log(*base)))


def _exp(a: Expr, b: Expr) -> Pair:
    return exp(a) * cos(b), exp(a) * sin(b)


def _log(a: Expr, b: Expr) -> Pair:
    if b == 0 and a.is_positive:
        return log(a), S.Zero
    return log(a**2 + b**2) / 2, atan2(b, a)


def _sin(a: Expr, b: Expr) -> Pair:
    return sin(a) * cosh(b), cos(a) * sinh(b)


def _cos(a: Expr, b: Expr) -> Pair:
    return cos(a) * cosh(b), -sin(a) * sinh(b)


def _sinh(a: Expr, b: Expr) -> Pair:
    return sinh(a) * cos(b), cosh(a) * sin(b)


def _cosh(a: Expr, b: Expr) -> Pair:
    return cosh(a) * cos(b), sinh(a) * sin(b)


_FUNCTIONS: dict[type, Callable[[Expr, Expr], Pair]] = {
    exp: _exp,
    log: _log,
    sin: _sin,
    cos: _cos,
    sinh: _sinh,
    cosh: _cosh,
    tan: lambda a, b: _product(_sin(a, b), _inverse(_cos(a, b))),
    tanh: lambda a, b: _product(_sinh(a, b), _inverse(_cosh(a, b))),
}
