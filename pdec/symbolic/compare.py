"""The larger and the smaller of expressions, without SymPy's search for arguments that can be left away.

`sympy.Max` compares its arguments two by two, which takes seconds for some, and raises ValueError for what it cannot
compare: a division by zero that a substitution has made, or a number that is zero but not seen to be. Here only plain
numbers are compared, and what is no real number makes the whole none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy
from sympy import Expr, S

_IMPOSSIBLE = {S.NaN, S.ComplexInfinity, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit}


class _Plain:
    """What both have in place of SymPy's comparisons."""

    @classmethod
    def _new_args_filter(cls, arguments: Iterable[Expr]) -> Iterator[Expr]:
        """All arguments, those of the same function inside in its place."""
        for argument in arguments:
            if isinstance(argument, cls):
                yield from argument.args  # type: ignore[attr-defined]
            else:
                yield argument

    @classmethod
    def _collapse_arguments(cls, arguments: frozenset[Expr], **_: Any) -> frozenset[Expr]:
        return arguments

    @classmethod
    def _find_localzeros(cls, arguments: frozenset[Expr], **_: Any) -> frozenset[Expr]:
        """The arguments with one rational number in the place of several."""
        if any(argument in _IMPOSSIBLE for argument in arguments):
            return frozenset({S.NaN})
        numbers = [argument for argument in arguments if argument.is_Rational or argument.is_Float]
        if len(numbers) < 2:
            return arguments
        most = max(numbers) if issubclass(cls, sympy.Max) else min(numbers)
        return (arguments - frozenset(numbers)) | {most}


class Max(_Plain, sympy.Max):  # type: ignore[misc]
    """The largest of its arguments."""


class Min(_Plain, sympy.Min):  # type: ignore[misc]
    """The smallest of its arguments."""
