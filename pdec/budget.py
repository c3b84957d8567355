"""How much work one text may make: the one bound on everything that rewrites or evaluates expressions.

What multiplies terms out, differentiates, renames or adds up spends from an allowance before it does so; who spends
more gets TooLargeError. The bound counts operations and not seconds, so that a text ends the same way on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

UNITS = 10_000
"""What a problem may spend while it is proved; a unit takes some 50 microseconds. A proof takes whatever there is."""
MADE = 7_000
ANALYSED = 5_000
PLANNED = 8_000
"""The same while it is made, analysed, and planned: of the problems of the gallery, none takes half of the first, four
fifths of the second, or a tenth of the third."""
OPERATIONS = 16
"""So many operations of the interpreter of expressions cost one unit."""


class TooLargeError(Exception):
    """An expression that is too large to be worked out."""


class _Purse:
    __slots__ = ("left",)

    def __init__(self, left: float) -> None:
        self.left = left


_purse: ContextVar[_Purse | None] = ContextVar("purse", default=None)


@contextmanager
def allowance(units: float = UNITS) -> Iterator[None]:
    """Inside, all work together may cost so many units; within another allowance, no more than is left of that."""
    outer = _purse.get()
    purse = _Purse(units if outer is None else min(units, outer.left))
    start = purse.left
    token = _purse.set(purse)
    try:
        yield
    finally:
        _purse.reset(token)
        if outer is not None:
            outer.left -= start - purse.left


def spend(units: float = 1) -> None:
    """Note work that is about to be done. Raises TooLargeError where the allowance does not cover it."""
    purse = _purse.get()
    if purse is not None:
        purse.left -= units
        if purse.left < 0:
            raise TooLargeError("what this file states takes too much work")


def left() -> float:
    """What can still be spent."""
    purse = _purse.get()
    return float("inf") if purse is None else purse.left
