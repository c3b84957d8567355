"""Tables: functions given by their values at points, read from a file. What they mean, in plain Python.

Generated modules compute the same by `pdec/runtime/tables.py`.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pdec.sheets import Sheet

RULES = ("linear", "nearest")
MAX_LINEAR = 6
"""Linear interpolation takes 2^n values in n dimensions."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A function of `parameters`, whose values stand in a column of a sheet; `columns` are theirs, the value's last.

    `rule` is `linear`, multilinear between the points of a full grid, or `nearest`, the value at the nearest point.
    Outside of the points the function goes on as it is at their edge. `rows` are the places and values, sorted; where
    they are a full grid, `axes` are the places along each parameter, the last of which runs fastest in `rows`.
    """

    name: str
    parameters: tuple[str, ...]
    sheet: Sheet
    columns: tuple[int, ...]
    rule: str
    axes: tuple[tuple[float, ...], ...]
    rows: tuple[tuple[float, ...], ...]

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest value, between which all others lie."""
        return min(row[-1] for row in self.rows), max(row[-1] for row in self.rows)

    def value(self, places: Sequence[float], along: int = 0) -> float:
        """The value at a place, or its slope along parameter number `along` (from 1) of a linear table."""
        if not self.axes:
            return self._nearest(places)
        if self.rule == "nearest":
            return self.rows[self._position([_nearest_of(*pair) for pair in zip(self.axes, places)])][-1]
        cells = [_cell(axis, place, k + 1 == along) for k, (axis, place) in enumerate(zip(self.axes, places))]
        return math.fsum(
            math.prod(weight for _, weight in corner) * self.rows[self._position([k for k, _ in corner])][-1]
            for corner in itertools.product(*cells)
        )

    def _nearest(self, places: Sequence[float]) -> float:
        """The value of the nearest row, looked for on both sides of the place along the first parameter."""
        middle = bisect.bisect_left(self.rows, places[0], key=lambda row: row[0])
        best, value = math.inf, math.nan
        for rows in (range(middle, len(self.rows)), range(middle - 1, -1, -1)):
            for row in map(self.rows.__getitem__, rows):
                if abs(row[0] - places[0]) >= best:
                    break
                distance = math.dist(row[:-1], places)
                if distance < best:
                    best, value = distance, row[-1]
        return value

    def _position(self, numbers: Sequence[int]) -> int:
        position = 0
        for axis, number in zip(self.axes, numbers):
            position = position * len(axis) + number
        return position


def _cell(axis: Sequence[float], place: float, slope: bool) -> list[tuple[int, float]]:
    """The two points of an axis around a place, with their weights in the value, or in the slope."""
    right = min(max(bisect.bisect_right(axis, place), 1), len(axis) - 1)
    left, step = right - 1, axis[right] - axis[right - 1]
    if slope:
        weight = 1 / step if axis[0] <= place <= axis[-1] else 0.0
        return [(left, -weight), (right, weight)]
    share = min(max((place - axis[left]) / step, 0.0), 1.0)
    return [(left, 1 - share), (right, share)]


def _nearest_of(axis: Sequence[float], place: float) -> int:
    return min(range(len(axis)), key=lambda k: abs(axis[k] - place))


def axes_of(rows: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """The places along each axis of sorted rows (places, value) that are a full grid; empty where they are none."""
    axes = tuple(tuple(sorted(set(places))) for places in list(zip(*rows))[:-1])
    full = math.prod(map(len, axes)) == len(rows)
    return axes if full and not doubled(rows) else ()


def doubled(rows: Sequence[Sequence[float]]) -> Sequence[float] | None:
    """A place that sorted rows (places, value) give two values; None where there is none."""
    return next((one[:-1] for one, other in itertools.pairwise(rows) if one[:-1] == other[:-1]), None)
