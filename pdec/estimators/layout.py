"""Derivatives → Layout: which nodes they need, which of them share nodes, and how many draws a budget allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
    they take turns.
    """

    factors: tuple[Factor, ...]
    radii: tuple[Radii, ...]
    free: str
    rows: int
    bases: int

    @property
    def center(self) -> bool:
        """Whether values without a step along the factors take part."""
        return any(radii.center for radii in self.radii)

    @property
    def evaluations(self) -> int:
        """Network evaluations a point."""
        return self.rows * math.prod(2 * radii.nodes for radii in self.radii) + self.center * self.bases


@dataclass(frozen=True, slots=True)
class Layout:
    """All nodes for the derivatives on a point set, and the rule for each derivative.

    `directions` are the random directions a point; `pairs` the pairs x ± σz, for values, and for Hermite weights where
    `hermite`, which take the value at x too.
    """

    rules: tuple[Rule, ...]
    sets: tuple[NodeSet, ...]
    directions: int
    pairs: int
    hermite: bool

    @property
    def evaluations(self) -> int:
        """Network evaluations a point."""
        return sum(nodes.evaluations for nodes in self.sets) + 2 * self.pairs + self.hermite

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
            drawn.append(("directions", self.directions, dim))
        if self.times:
            drawn.append(("mirrored", self.times, 1))
        if self.normals:
            drawn.append(("mirrored" if self.mirrored else "normals", self.normals, columns))
        for nodes in self.sets:
            drawn += [("squares", nodes.rows, *radii.law) for radii in nodes.radii if radii.law]
        return tuple(drawn)


def lay_out(derivatives: Sequence[Derivative], setting: Setting, law: Law, one_time: bool) -> Layout:
    """The nodes for `derivatives`: as many draws as the setting's evaluations allow, but at least one.

    `one_time`: the directions of a point share one draw of the smoothing in time and its mirror image.
    """
    found = [rule(derivative, setting.dim) for derivative in derivatives]
    rules, uses = _uses(found, setting)
    low, high = 1, max(1, setting.samples)
    while low < high:
        middle = (low + high + 1) // 2
        fits = _with_draws(middle, rules, uses, setting, law, one_time).evaluations <= setting.samples
        low, high = (middle, high) if fits else (low, middle - 1)
    return _with_draws(low, rules, uses, setting, law, one_time)


def _uses(rules: list[Rule], setting: Setting) -> tuple[tuple[Rule, ...], Uses]:
    """The rules, values among them put onto nodes that give them at no cost, and what is asked of each set of nodes."""
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


def _with_draws(count: int, rules: tuple[Rule, ...], uses: Uses, setting: Setting, law: Law, one_time: bool) -> Layout:
    """The layout with `count` random directions.

    What needs no random directions has an error of order σ where those have one of order 1: it gets a share σ of the
    draws, an even number of them.
    """
    directed = any(isinstance(factors[0], (Frame, Spanned)) for factors in uses)
    hermite = any(found.weight == Weight.HERMITE for found in rules)
    share = max(setting.sigma, setting.sigma_t) if directed or hermite else 1
    few = min(count, 2 * math.ceil(count * share / 2))
    sets = tuple(_node_set(factors, orders, setting, law, count, few, one_time) for factors, orders in uses.items())
    lines = any(nodes.free == "all" for nodes in sets)
    pairs = count if hermite else 0 if VALUE not in rules else math.ceil(few / 2) if lines else few
    return Layout(rules, sets, count if directed else 0, pairs, hermite)


def _node_set(
    factors: tuple[Factor, ...],
    uses: list[tuple[int, ...]],
    setting: Setting,
    law: Law,
    count: int,
    few: int,
    one_time: bool,
) -> NodeSet:
    first, alone = factors[0], len(factors) == 1
    dims = [(setting.dim, "{dim}") if isinstance(factor, Frame) else (1, "1") for factor in factors]
    radii = tuple(law(*dim, {orders[k] for orders in uses}, alone) for k, dim in enumerate(dims))
    if isinstance(first, Frame):
        timed = setting.timed and alone
        bases = min(2, count) if one_time else count
        return NodeSet(factors, radii, "time" if timed else "", count, bases if timed else 1)
    if isinstance(first, Spanned):
        rows = count if first.one_sided else 2 * count
        return NodeSet(factors, radii, "all", rows, rows)
    if isinstance(first, Line) and len(factors) == setting.dim + setting.timed:
        return NodeSet(factors, radii, "", few if any(each.law for each in radii) else 1, 1)
    return NodeSet(factors, radii, "all", few, few)
