"""Numbers that SymPy computes by itself when a node is built: how long they would be is looked at before."""

from __future__ import annotations

from typing import Any

from sympy import Abs, Add, Expr, Function, Integer, Mul, Pow, Rational, S, arg, exp, im, re

from pdec.budget import TooLargeError
from pdec.symbolic.hyperbolic import cosh, sinh

GROWING = (Pow, exp, sinh, cosh)
"""What makes large numbers of small ones."""
LARGEST = 2**1000
"""An argument of a function may be so large: the value of `cosh` at 2^n takes n digits of log(2) to work out."""
DEEPEST = 6
"""SymPy asks for the sign of a constant: each function around it makes the answer take twice as long and more."""
SIGNS = 50
"""Operations in an argument up to which SymPy looks for its sign: to take it out of an absolute value, which rewrites
all of it, or to make an angle simpler."""
EXPONENT = 500
"""Operations in an exponent: SymPy looks for a factor of it each time it meets the power."""
LONGEST = 100_000
"""Rational numbers that appear while an expression is rewritten have at most this many binary digits."""


def bits(number: Rational) -> int:
    """Binary digits of the longer one of numerator and denominator."""
    return max(abs(int(number.p)).bit_length(), int(number.q).bit_length())


def constant_part(exponent: Expr) -> Expr:
    """The rational number that a sum has among its terms: SymPy makes 3^(x + 2) to 9*3^x when it multiplies out."""
    if isinstance(exponent, Add):
        return exponent.as_coeff_Add()[0]
    return exponent if isinstance(exponent, Rational) else Integer(0)


def digits_of_power(base: Expr, exponent: Expr) -> float:
    """A bound of the binary digits of the rational numbers that are computed for `base^exponent`."""
    power = constant_part(exponent)
    if not isinstance(power, Rational):
        return 0
    return max((float((bits(f) - 1) * abs(power)) for f in Mul.make_args(base) if isinstance(f, Rational)), default=0)


def built(function: Any, *arguments: Expr) -> Expr:
    """`function(*arguments)`. Raises TooLargeError where SymPy would compute for too long."""
    if function is Pow and digits_of_power(*arguments) > LONGEST:
        raise TooLargeError("this holds a number that is too large")
    if issubclass(function, Function) and any(_enormous(argument) for argument in arguments):
        raise TooLargeError("this holds a function of a number that is too large")
    if issubclass(function, Function) and any(_nesting(argument) >= DEEPEST for argument in arguments):
        raise TooLargeError("this holds too many functions of a number in one another")
    if function is Pow and not arguments[1].is_Atom and arguments[1].count_ops() > EXPONENT:
        raise TooLargeError("this holds an exponent that is too large")
    if function is Abs:
        found = Abs(*arguments, evaluate=arguments[0].count_ops() <= SIGNS)
        # of what may be complex, such as (-1)^x, SymPy takes real and imaginary parts, which have no derivative
        return Abs(*arguments, evaluate=False) if found.has(re, im, arg) else found
    return function(*arguments)


def times(slope: Expr, *factors: Expr) -> Expr:
    """The product, by the rules of differentiation. One with zero is not made: SymPy would ask whether the factors are
    finite, of some without end."""
    return S.Zero if slope == 0 else Mul(*factors, slope)


def _nesting(argument: Expr) -> int:
    """How many functions stand in one another in a constant; 0 for what is no constant."""
    if not argument.args or not argument.is_number:
        return 0
    return isinstance(argument, Function) + max(_nesting(inner) for inner in argument.args)


def _enormous(argument: Expr) -> bool:
    if not argument.is_number or not argument.has(*GROWING):
        return False
    value = argument.evalf(2)
    return bool(value.is_Float and abs(value) > LARGEST)
