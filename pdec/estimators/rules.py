"""Derivative → Rule: along which directions it is estimated, and what the values there are weighed with.

A node of an estimator is the point, plus a step along each *factor* of a rule, plus a Gaussian step in what the factors
leave free, so that all of it together is the point plus N(0, σ²I).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Basic, Expr, Integer, Mul, S
from sympy.core.symbol import Str

from pdec.estimators.base import Derivative
from pdec.estimators.stein import hermite
from pdec.symbolic.atoms import DIM, TIME, Axis, Coordinate, Delta, Noise, Partial, Tensor, slot

OMEGA = Str("omega")


@dataclass(frozen=True, slots=True)
class Frame:
    """Random directions, orthogonal and uniform in all of space."""


@dataclass(frozen=True, slots=True)
class Line:
    """One coordinate axis, numbered or time."""

    axis: Axis


@dataclass(frozen=True, slots=True)
class Along:
    """The direction of a vector that is known at every point, by its entry `vector` with the free index slot(0)."""

    vector: Expr


@dataclass(frozen=True, slots=True)
class Spanned:
    """Random directions v with weights c such that E[c v vᵀ] is the symmetric part of the matrix left_i A_ij right_j.

    `left` and `right` have the free index slot(0), `matrix` slot(0) and slot(1). `diagonal`: the matrix has the entries
    `left` on its diagonal, and no others.
    """

    left: Expr
    matrix: Expr
    right: Expr
    diagonal: bool

    @property
    def one_sided(self) -> bool:
        """Whether the matrix is diagonal and has no negative entry, so that all weights are one positive number."""
        return self.diagonal and bool(self.left.is_nonnegative)

    @property
    def sides(self) -> int:
        """How many vectors a random direction gives."""
        return 1 if self.one_sided else 2

    @property
    def varies(self) -> bool:
        """Whether the matrix is another one at another point."""
        return any(part.has(Coordinate, Partial) for part in (self.left, self.matrix, self.right))


Factor: TypeAlias = Frame | Line | Along | Spanned


class Weight(enum.Enum):
    """What the values along the factors are weighed with."""

    NONE = "none"  # nothing, or the entry of the direction for odd orders in a frame
    TWIST = "twist"  # the traceless product of two entries of the direction, and a Laplacian for the trace
    HERMITE = "hermite"  # a Hermite polynomial of a Gaussian step: no factors


@dataclass(frozen=True, slots=True)
class Rule:
    """How a derivative is estimated: `orders` of differentiation along each of the factors."""

    factors: tuple[Factor, ...]
    orders: tuple[int, ...]
    weight: Weight = Weight.NONE


VALUE = Rule((), ())


def rule(derivative: Derivative, dim: int) -> Rule:
    """The quietest rule for a derivative of order up to four in `dim` dimensions."""
    body, limits = derivative.opened()
    (partial,) = body.atoms(Partial)
    coefficient = body / partial
    axes = [axis for axis in partial.axes if axis != TIME]
    times = derivative.order_in_time
    time: tuple[Factor, ...] = (Line(TIME),) if times else ()
    last = (times,) if times else ()
    if dim == 1:
        axes = [Integer(1)] * len(axes)
    if not any(axis.free_symbols for axis in axes):
        numbered = {axis: axes.count(axis) for axis in axes}
        return Rule((*(Line(axis) for axis in numbered), *time), (*numbered.values(), *last))
    traced = {index for index, count in limits if count == DIM and _is_traced(index, partial, coefficient)}
    rest = [axis for axis in axes if axis not in traced]
    summed = {index for index, count in limits if count == DIM}
    known = not coefficient.has(Tensor) and not partial.component.free_symbols & {index for index, _ in limits}
    if rest and len(rest) == len(axes) <= 2 and known and set(rest) == summed == {index for index, _ in limits}:
        return Rule((_directions(coefficient, rest), *time), (len(axes), *last))
    if len(rest) <= 1:
        return Rule((Frame(), *time), (len(axes), *last))
    if len(axes) == 2 and not times:
        return Rule((Frame(),), (2,), Weight.TWIST)
    return Rule((), (), Weight.HERMITE)


def _is_traced(index: Basic, partial: Partial, coefficient: Expr) -> bool:
    """Whether an index is summed over a second derivative and stands nowhere else: a Laplacian."""
    elsewhere = coefficient.free_symbols | partial.component.free_symbols
    others = [axis for axis in partial.axes if axis != index]
    return partial.axes.count(index) == 2 and index not in elsewhere.union(*(axis.free_symbols for axis in others))


def _directions(coefficient: Expr, rest: list[Axis]) -> Factor:
    """Where Σ a_i ∂_i or Σ A_ij ∂_i ∂_j is to be looked for; a product g_i g_j is a derivative along g alone."""
    first, second = rest[0], rest[-1]
    parts: dict[str, list[Expr]] = {"left": [], "right": [], "matrix": []}
    for factor in Mul.make_args(coefficient):
        inside = {index for index in rest if index in factor.free_symbols}
        parts["matrix" if len(inside) == 2 else "right" if inside == {second} != {first} else "left"].append(factor)
    left = Mul(*parts["left"]).xreplace({first: slot(0)})
    right = Mul(*parts["right"]).xreplace({second: slot(0)})
    matrix = Mul(*parts["matrix"]).xreplace({first: slot(0), second: slot(1)})
    if len(rest) == 1 or (first != second and left == right and matrix == S.One):
        return Along(left)
    return Spanned(left, matrix, right, diagonal=first == second)


def weigh(found: Rule, partial: Partial) -> Expr:
    """The weight that stands for a derivative, apart from the trace that goes with `Weight.TWIST`."""
    if found.weight == Weight.HERMITE:
        return hermite(partial.axes)
    if not found.factors or not isinstance(found.factors[0], Frame):
        return S.One
    if found.weight == Weight.TWIST:
        first, second = partial.axes
        return Noise(OMEGA, first) * Noise(OMEGA, second) - Delta(first, second) / DIM
    # the Laplacian is there already: summing over its index must not count it once for every value
    traced = {axis for axis in partial.axes if axis.free_symbols and partial.axes.count(axis) == 2}
    rest = [axis for axis in partial.axes if axis != TIME and axis not in traced]
    return Mul(*(Noise(OMEGA, axis) for axis in rest)) / DIM ** len(traced)
