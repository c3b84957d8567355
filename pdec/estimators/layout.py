"""Derivatives → Layout: which nodes they need, which of them share nodes, and how many draws a budget allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Integer

from pdec.estimators.base import Derivative, Setting
from pdec.estimators.radii import TWIST, Law, Radii
from pdec.estimators.rules import VALUE, Factor, Frame, Line, Rule, Spanned, Weight, rule

Uses = dict[tuple[Factor, ...], list[tuple[int, ...]]]
"""The orders of differentiation that are asked for along each tuple of factors."""


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Nodes along the same factors: the point, a Gaussian step, and steps at each of the radii of each factor.

    `free` is what the Gaussian step covers: "" nothing, "time", or "all" that the factors leave. There are `rows` draws
    of the directions and radii, and `bases` of the Gaussian step, in pairs of opposite sign; where these are fewer,
    they take turns. In a `simplex` nodes are not in pairs along `rows` directions, but at `rows` + 1 corners, all at
    the same radii. `share` points in a row have the same directions and radii along them. `still`: the Gaussian step is
    left out, as it makes no difference.
    """

    factors: tuple[Factor, ...]
    radii: tuple[Radii, ...]
    free: str
    rows: int
    bases: int
    simplex: bool = False
    share: int = 1
    still: bool = False

    @property
    def center(self) -> bool:
        """Whether values without a step along the factors take part."""
        return any(radii.center for radii in self.radii)

    @property
    def evaluations(self) -> int:
        """Network evaluations a point."""
        if self.simplex:
            return (self.rows + 1) * self.radii[0].nodes + self.center * self.bases
        return self.rows * math.prod(2 * radii.nodes for radii in self.radii) + self.center * self.bases


@dataclass(frozen=True, slots=True)
class Layout:
    """All nodes for the derivatives on a point set, and the rule for each derivative.

    `directions` are the random directions a point; `pairs` the pairs x ± σz, for values, and for Hermite weights where
    `hermite`, which take the value at x too. `plain`: values are those of the network itself, at x. `share` points in a
    row have the same directions.
    """

    rules: tuple[Rule, ...]
    sets: tuple[NodeSet, ...]
    directions: int
    pairs: int
    hermite: bool
    share: int
    plain: bool = False

    @property
    def evaluations(self) -> int:
        """Network evaluations a point."""
        return sum(nodes.evaluations for nodes in self.sets) + 2 * self.pairs + (self.hermite or self.plain)

    @property
    def normals(self) -> int:
        """Normal vectors a point."""
        return max([self.pairs, *(nodes.bases for nodes in self.sets if nodes.free == "all")])

    @property
    def times(self) -> int:
        """Normal numbers a point, for the smoothing in time where the factors cover all of space."""
        return max([0, *(nodes.bases for nodes in self.sets if nodes.free == "time")])

    @property
    def mirrored(self) -> bool:
        """Whether the normal vectors come in pairs of opposite sign, as Gaussian steps do that are used on one side."""
        return not self.hermite and any(nodes.free == "all" for nodes in self.sets)

    def draws(self, dim: int, columns: int) -> tuple[tuple[str | int, ...], ...]:
        """The random numbers of a point, in order: names of functions of `pdec.runtime.stein`, and their arguments."""
        drawn: list[tuple[str | int, ...]] = []
        if self.directions:
            drawn.append(("directions", self.directions, dim, self.share))
        if self.times:
            drawn.append(("mirrored", self.times, 1))
        if self.normals:
            drawn.append(("mirrored" if self.mirrored else "normals", self.normals, columns))
        for nodes in self.sets:
            rows = 1 if nodes.simplex else nodes.rows
            for k, radii in enumerate(nodes.radii):
                if radii.law:
                    drawn.append(("squares", rows, *radii.law, 1 if k else nodes.share))
        return tuple(drawn)


def lay_out(derivatives: Sequence[Derivative], setting: Setting, law: Law, one_time: bool) -> Layout:
    """The nodes for `derivatives`: as many draws as the setting's evaluations allow, but at least one.

    `one_time`: the directions of a point share one draw of the smoothing in time and its mirror image.

    Pairs ±ω along K directions cancel all that is odd in ω; the K + 1 corners of a simplex, half as many nodes, cancel
    what is linear, and leave an error of order σ beside that of order 1 which comes of K directions in the place of
    all. So pairs are taken where they can go along all directions.
    """
    rules, uses = asked(derivatives, setting)
    # what needs no random directions has an error of order σ where those have one of order 1: it gets a share σ of the
    # draws, one or an even number of them
    part = max(setting.sigma, setting.sigma_t) if directed(rules) or hermite_weighed(rules) or not uses else 1

    def layout(count: int, simplex: bool) -> Layout:
        few = min(count, 1 if count * part <= 1 else 2 * math.ceil(count * part / 2))
        return with_draws(count, few, rules, uses, setting, lambda factors: law, one_time, simplex)

    def most(limit: int, simplex: bool) -> int:
        low, high = 1, max(1, limit)
        while low < high:
            middle = (low + high + 1) // 2
            fits = layout(middle, simplex).evaluations <= setting.samples
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    pairs = most(setting.samples, False)
    if pairs < setting.dim and in_simplex(uses):
        return layout(most(min(setting.samples, setting.dim), True), True)
    return layout(pairs, False)


def in_simplex(uses: Uses) -> bool:
    """Whether random directions serve u, its gradient and its Laplacian alone, for which a slope must cancel."""
    among = [factors for factors in uses if isinstance(factors[0], (Frame, Spanned))]
    return among == [(Frame(),)] and all(0 <= order <= 2 for orders in uses[Frame(),] for order in orders)


def directed(rules: Sequence[Rule]) -> bool:
    """Whether random directions are needed."""
    return any(isinstance(found.factors[0], (Frame, Spanned)) for found in rules if found.factors)


def hermite_weighed(rules: Sequence[Rule]) -> bool:
    """Whether Hermite weights are needed."""
    return any(found.weight == Weight.HERMITE for found in rules)


def asked(derivatives: Sequence[Derivative], setting: Setting) -> tuple[tuple[Rule, ...], Uses]:
    """The rules, values among them put onto nodes that give them at no cost, and what is asked of each set of nodes."""
    rules = [rule(derivative, setting.dim) for derivative in derivatives]
    uses: Uses = {}
    for found in rules:
        if found.factors:
            uses.setdefault(found.factors, []).append(found.orders)
        if found.weight == Weight.TWIST:
            uses[found.factors].append((TWIST,))
    # nodes that cover all of space around the point, for an even order
    host: tuple[Factor, ...] = (Line(Integer(1)) if setting.dim == 1 else Frame(),)
    covered = setting.dim > 1 or not setting.timed
    if covered and VALUE in rules and any(order % 2 == 0 for orders in uses.get(host, ()) for order in orders):
        uses[host].append((0,))
        return tuple(Rule(host, (0,)) if found == VALUE else found for found in rules), uses
    return tuple(rules), uses


def with_draws(
    count: int,
    few: int,
    rules: tuple[Rule, ...],
    uses: Uses,
    setting: Setting,
    law_of: Callable[[tuple[Factor, ...]], Law],
    one_time: bool,
    simplex: bool,
    plain: bool = False,
) -> Layout:
    """The layout with `count` random directions, in a `simplex` or in pairs, and `few` draws of what needs none.

    `plain`: values that no nodes give at no cost are those of the network itself, and derivatives along one direction
    are taken without a step in the others.
    """
    # a matrix has its own directions at each point
    share = 1 if any(isinstance(factors[0], Spanned) for factors in uses) else setting.share
    sets = []
    for factors, orders in uses.items():
        dims = [(setting.dim, "{dim}") if isinstance(factor, Frame) else (1, "1") for factor in factors]
        law = law_of(factors)
        radii = tuple(law(*dim, {each[k] for each in orders}, len(factors) == 1) for k, dim in enumerate(dims))
        if isinstance(factors[0], Frame):
            timed = setting.timed and len(factors) == 1
            bases = 1 if simplex or not timed else min(2, count) if one_time else count
            sets.append(NodeSet(factors, radii, "time" if timed else "", count, bases, simplex, share))
        else:
            sets.append(_other_set(factors, radii, setting, count, few, plain))
    lines = any(nodes.free == "all" for nodes in sets)
    hermite, plain = hermite_weighed(rules), plain and VALUE in rules
    pairs = count if hermite else 0 if VALUE not in rules or plain else math.ceil(few / 2) if lines else few
    directions = count if directed(rules) else 0
    return Layout(rules, tuple(sets), directions, pairs, hermite, share, plain and not hermite)


def _other_set(
    factors: tuple[Factor, ...], radii: tuple[Radii, ...], setting: Setting, count: int, few: int, plain: bool
) -> NodeSet:
    """Nodes along anything but a frame."""
    first = factors[0]
    if isinstance(first, Spanned):
        rows = count * first.sides
        return NodeSet(factors, radii, "all", rows, rows)
    if isinstance(first, Line) and len(factors) == setting.dim + setting.timed:
        return NodeSet(factors, radii, "", few if any(each.law for each in radii) else 1, 1)
    if plain and not any(each.law for each in radii):
        return NodeSet(factors, radii, "", 1, 1, still=True)
    return NodeSet(factors, radii, "all", few, few)
