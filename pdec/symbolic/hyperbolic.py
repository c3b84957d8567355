"""sinh, cosh, tanh as SymPy's, but for what they say of themselves.

Asked for its sign, SymPy's `cosh` takes the real and the imaginary part of its argument and multiplies them out, which
for a few nested functions of something that is not known to be real takes for ever. Here a function is known to be real
where its argument is, and else nothing is known. Nor is a number evaluated to know its sign: mpmath fails where the
exponent of a few nested ones is no integer that it can make.
"""

from __future__ import annotations

import sympy
from sympy import Expr


def _as_argument(function: Expr) -> bool | None:
    return True if function.args[0].is_extended_real else None


def _finite(function: Expr) -> bool | None:
    return True if function.args[0].is_extended_real and function.args[0].is_finite else None


def _never(function: Expr) -> bool | None:
    return False if function.args[0].is_extended_real else None


def _zero_at_zero(function: Expr) -> bool | None:
    return function.args[0].is_zero if function.args[0].is_extended_real else None


def _above_zero(function: Expr) -> bool | None:
    return function.args[0].is_extended_positive if function.args[0].is_extended_real else None


def _below_zero(function: Expr) -> bool | None:
    return function.args[0].is_extended_negative if function.args[0].is_extended_real else None


class sinh(sympy.sinh):  # type: ignore[misc]  # noqa: N801
    """The hyperbolic sine."""

    _eval_is_real = _as_argument
    _eval_is_extended_positive, _eval_is_extended_negative = _above_zero, _below_zero
    _eval_is_zero = _zero_at_zero
    _eval_is_finite = _finite

    def fdiff(self, argindex: int = 1) -> Expr:
        return cosh(self.args[0])


class cosh(sympy.cosh):  # type: ignore[misc]  # noqa: N801
    """The hyperbolic cosine."""

    _eval_is_real = _eval_is_positive = _eval_is_nonnegative = _eval_is_extended_positive = _as_argument
    _eval_is_zero = _eval_is_extended_negative = _never
    _eval_is_finite = _finite

    def fdiff(self, argindex: int = 1) -> Expr:
        return sinh(self.args[0])


class tanh(sympy.tanh):  # type: ignore[misc]  # noqa: N801
    """The hyperbolic tangent."""

    _eval_is_real = _as_argument
    _eval_is_extended_positive, _eval_is_extended_negative = _above_zero, _below_zero
    _eval_is_zero = _zero_at_zero
    _eval_is_finite = _finite

    def fdiff(self, argindex: int = 1) -> Expr:
        return 1 - self**2
