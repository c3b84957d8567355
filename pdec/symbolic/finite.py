"""Which numbers may stand in a problem: finite, real, and of a size that floating point holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from sympy import Expr, Float, Function, Integer, Pow, Rational, S, log
from sympy.core.traversal import preorder_traversal

from pdec.budget import spend
from pdec.symbolic.atoms import Leaf
from pdec.symbolic.effort import bits, digits_of_power
from pdec.symbolic.sums import rebuilt

MAX_EXPONENT = 100
MAX_DIM = 10_000_000
"""Exponents that parameters and the dimension are part of go up to what the dimension can be."""
MAX_TOWER = 8
MAX_BITS = 1000
"""Numbers have at most this many binary digits above and below the line; 2^1000 is about 1e301."""

FUNCTION_UNITS = 10
"""What the value of a function costs, to many digits: `erf` of a number takes half a millisecond."""

_IMPOSSIBLE = {S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit}


def value_of(expression: Expr, constants: Mapping[Expr, float]) -> Expr | None:
    """The number that an expression in constants alone stands for (perhaps not a real one); None for any other."""
    nodes = 0
    for node in preorder_traversal(expression):
        if isinstance(node, Leaf):
            return None
        nodes += FUNCTION_UNITS if isinstance(node, Function) else 1
    spend(nodes)
    if not expression.free_symbols <= constants.keys():
        return None
    known = {symbol: _exact(constants[symbol]) for symbol in expression.free_symbols}
    return rebuilt(expression, known.get).evalf(17)


def _exact(number: float) -> Expr:
    return Integer(number) if isinstance(number, int) else Rational(Fraction(str(number)))


def is_real(number: Expr) -> bool:
    """Whether a number that was evaluated is real and finite as a Python float."""
    return isinstance(number, (Float, Rational)) and math.isfinite(float(number))


def fault_of(value: Expr, constants: Mapping[Expr, float]) -> str:
    """What is wrong with a value whose parts are sound: empty, or the end of the sentence "`…` is not …"."""
    if value in _IMPOSSIBLE or _IMPOSSIBLE.intersection(value.args):
        return "a real number" if value.has(S.ImaginaryUnit) else "a finite number"
    if too_long(value.as_coeff_Mul()[0]):
        return "a number that fits into floating point"
    number = value_of(value, constants)
    if number is not None and not is_real(number):
        return "a real number" if number.is_extended_real is False else "a finite number"
    if isinstance(value, (Pow, log)) and number is None and value.is_extended_real is False:
        return "a real number"
    return ""


def fault_inside(expression: Expr) -> str:
    """The same for a whole expression after calculus, whatever its parts."""
    for node in preorder_traversal(expression):
        if node in _IMPOSSIBLE:
            return "real" if node is S.ImaginaryUnit else "finite"
        if isinstance(node, Rational) and too_long(node):
            return "of a size that fits into floating point"
    return ""


def too_long(number: Expr) -> bool:
    """Whether a rational number has more than MAX_BITS binary digits."""
    return isinstance(number, Rational) and bits(number) > MAX_BITS


def tower(expression: Expr) -> int:
    """How many powers stand in the exponents of one another: 2 for a^b^c. SymPy's work doubles with each."""
    inner = max((tower(argument) for argument in expression.args), default=0)
    return max(inner, 1 + tower(expression.exp)) if isinstance(expression, Pow) else inner


def fault_of_power(base: Expr, exponent: Expr, constants: Mapping[Expr, float]) -> str:
    """Why `base^exponent` must not be computed; empty where it may be. Looked at before SymPy tries."""
    if tower(exponent) > MAX_TOWER:
        return f"exponents go up to powers nested {MAX_TOWER} deep"
    power, root = value_of(exponent, constants), value_of(base, constants)
    whole = exponent.is_Integer
    largest = MAX_EXPONENT if exponent.is_number else MAX_DIM
    if power is not None and abs(power) > largest:
        return f"exponents go up to {largest} in absolute value"
    inner = base.as_base_exp()[1]
    if exponent.is_Rational and inner.is_Rational and abs(inner * exponent) > MAX_EXPONENT:
        return f"exponents go up to {MAX_EXPONENT} in absolute value, and powers of powers multiply"
    if digits_of_power(base, exponent) > MAX_BITS:
        return "this number is too large"
    if base.is_zero or root == 0:
        if power is None:
            return "zero to a power that may be negative is not defined"
        if power <= 0:
            return "0^0 is not defined" if power == 0 else "division by zero"
    if root is not None and root.is_negative and not whole:
        return "a negative number to a power that is not a whole number is not real"
    return ""
