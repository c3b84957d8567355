"""How deep functions may stand in one another.

SymPy asks of each function that it makes whether the argument is real, positive or zero, and the answers come from the
inside. Where it does not find that an argument is real, it splits it into real and imaginary part, which become twice
as long and more with each function around them.
"""

from __future__ import annotations

from functools import lru_cache

from sympy import Basic, Expr, Function, Pow

from pdec.budget import TooLargeError
from pdec.symbolic.truth import Truth, Where

DEEPEST = 30
"""Functions and powers in one another."""
DEEPEST_UNKNOWN = 8
"""Of these, those that are not known to be real: a logarithm, or a root, of what has any sign."""
DEEPEST_NUMBER = 10
"""Functions and powers of a number in one another: SymPy works each out to more digits than that around it.
Those that a substitution makes are held to fewer by `pdec.symbolic.effort`."""


def check_nesting(expression: Expr) -> None:
    """Raises TooLargeError where more functions and powers stand in one another than SymPy is quick with."""
    every, unknown = _levels(expression)
    if every > DEEPEST:
        raise TooLargeError(f"this holds more than {DEEPEST} functions and powers in one another")
    if unknown > DEEPEST_UNKNOWN:
        message = f"this holds more than {DEEPEST_UNKNOWN} functions and powers in one another that may not be real"
        raise TooLargeError(message)
    if every > DEEPEST_NUMBER and expression.is_number:
        raise TooLargeError(f"this holds more than {DEEPEST_NUMBER} functions and powers of a number in one another")


@lru_cache(maxsize=20_000)
def _levels(expression: Basic) -> tuple[int, int]:
    """How many functions and powers stand in one another, and how many that are not known to be real.

    The pieces of a function that has many stand beside each other, however they are written.
    """
    levels = [_levels(argument) for argument in expression.args]
    every, unknown = (max(each) for each in zip((0, 0), *levels))
    if not isinstance(expression, (Function, Pow)) or isinstance(expression, (Where, Truth)):
        return every, unknown
    return every + 1, unknown + (not _decided(expression))


def _decided(expression: Expr) -> bool:
    """Whether SymPy knows if it is real. Of a function of a number it may compare, on its way to that, what it does
    not know to be real, which raises TypeError in some of the orders that it asks its questions in."""
    try:
        return expression.is_extended_real is not None
    except TypeError:
        return False
