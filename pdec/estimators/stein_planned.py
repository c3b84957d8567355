"""`stein`: for every derivative the estimator along directions that is cheapest for what is asked."""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Iterator, Sequence

from pdec.estimators.base import QUIET, Derivative, Outlook, Setting
from pdec.estimators.directional import DirectionalFamily
from pdec.estimators.layout import Layout, Uses, asked, directed, hermite_weighed, in_simplex, with_draws
from pdec.estimators.noise import bias_of, deviation, estimator, outlook
from pdec.estimators.radii import Law, drawn, quadrature, single
from pdec.estimators.rules import Factor, Frame, Line, Rule, Spanned
from pdec.estimators.smoothing import scale

LAWS: dict[str, Law] = {"radial": single, "chi": drawn, "quadrature": quadrature}
"""The choices of radii, the simplest first."""

BIAS, FREQUENCY = 2.5e-3, 4.0
"""The bias that is let pass, of a derivative of a wave that is four times as short as the model's."""

PLAIN = 1e-4
"""The difference of u and the network that is let pass, relative to the curvature, where a value of u is wanted, or a
derivative along one direction."""

Factors = tuple[Factor, ...]
Count = tuple[int, bool]
"""A number of directions, and whether they are those of a simplex."""


class Stein(DirectionalFamily):
    """Every set of nodes has the radii of `stein-chi`, `stein-radial` or `stein-quadrature`, and its number of draws.

    Law: that of the member whose radii are taken. The choice is by a model of cost and noise (`noise.py`): among the
    radii whose bias at this σ does not matter, those of the least variance times evaluations; then as many directions
    as make the largest relative standard deviation least within `samples` evaluations, or as few as bring all of them
    below `accuracy`. Values come from nodes that are there anyhow, from pairs x ± σz, or, where σ is so small that it
    makes no difference, from the network itself; derivatives along one direction have then no step in the others.

    Bias: less than 0.3 % of a derivative where the network varies over lengths of 1/4, and 1e-5 where it does over 1;
    none where σ is above 0.5.
    Variance: as the member's. Cost: the evaluations of all sets of nodes, in one network call.
    """

    name = "stein"
    summary = "the quietest estimator along directions for each derivative, planned for the budget"
    law = staticmethod(drawn)
    one_time = True

    def layout(self, derivatives: Sequence[Derivative], setting: Setting) -> Layout:
        return planned(tuple(derivatives), setting)

    def outlook(self, derivatives: Sequence[Derivative], setting: Setting) -> Outlook:
        layout = self.layout(derivatives, setting)
        whys = [_why(found, layout, setting) for found in layout.rules]
        return outlook(derivatives, layout, setting, whys)


@functools.lru_cache(maxsize=256)
def planned(derivatives: tuple[Derivative, ...], setting: Setting) -> Layout:
    """The layout for the derivatives on a point set."""
    rules, uses = asked(derivatives, setting)
    laws = {factors: LAWS[best(factors, orders, derivatives, rules, setting)] for factors, orders in uses.items()}
    plain = scale(setting) ** 2 / 2 <= PLAIN

    @functools.cache
    def made(count: int, simplex: bool, few: int) -> Layout:
        return with_draws(count, few, rules, uses, setting, lambda factors: laws[factors], True, simplex, plain)

    def quality(layout: Layout) -> tuple[float, float, int]:
        noise = [deviation(d, found, layout, setting) for d, found in zip(derivatives, layout.rules)]
        return max(noise, default=0.0), sum(noise), layout.evaluations

    goal = QUIET if setting.accuracy is None else setting.accuracy

    def cheapest_with(few: int) -> list[Layout]:
        """The fewest directions that are enough, or else the most that the budget allows: one layout, or none."""
        counts = _counts(rules, uses, setting)
        counts = counts[: _first(counts, lambda each: made(*each, few).evaluations > setting.samples)]
        place = _first(counts, lambda each: quality(made(*each, few))[0] <= goal)
        return [made(*each, few) for each in counts[place : place + 1] or counts[-1:]]

    found = [
        made(1, in_simplex(uses), 1),
        *(layout for few in _powers(setting.samples) for layout in cheapest_with(few)),
    ]
    enough = [layout for layout in found if quality(layout)[0] <= goal]
    return min(enough, key=lambda layout: (layout.evaluations, quality(layout))) if enough else min(found, key=quality)


def _powers(most: int) -> Iterator[int]:
    """1, 2, 4, … up to `most`."""
    return (2**k for k in range(most.bit_length()))


def _first(counts: Sequence[Count], holds: Callable[[Count], bool]) -> int:
    """The place of the first of `counts` of which something holds that holds of all after it; their number if none."""
    return bisect.bisect_left(counts, True, key=holds)


def _counts(rules: Sequence[Rule], uses: Uses, setting: Setting) -> list[Count]:
    """Numbers of directions, each with less noise than the ones before: in a simplex where that may be, else in pairs,
    up to all directions of a frame; then pairs along whole frames."""
    if not directed(rules):
        return [(count, False) for count in _powers(setting.samples)] if hermite_weighed(rules) else [(1, False)]
    dim, simplex = setting.dim, in_simplex(uses)
    few = [(count, simplex) for count in range(1, 1 + min(dim, setting.samples))]
    return [*few, *((dim * 2**k, False) for k in range(not simplex, setting.samples.bit_length()))]


def best(
    factors: Factors,
    orders: Sequence[tuple[int, ...]],
    derivatives: Sequence[Derivative],
    rules: Sequence[Rule],
    setting: Setting,
) -> str:
    """The radii for a set of nodes: of the least variance times evaluations among those with no bias that matters."""
    users = [(derivative, found) for derivative, found in zip(derivatives, rules) if found.factors == factors]

    def price(name: str) -> tuple[bool, float, int]:
        law = LAWS[name]
        layout = with_draws(
            4, 4, tuple(r for _, r in users), {factors: list(orders)}, setting, lambda _: law, True, False
        )
        (nodes,) = layout.sets
        noise = max(deviation(derivative, found, layout, setting) for derivative, found in users)
        return bias_of(nodes, setting, FREQUENCY) > BIAS, noise**2 * nodes.evaluations, nodes.evaluations

    return min(LAWS, key=price)


def _why(found: Rule, layout: Layout, setting: Setting) -> str:
    """Why this estimator, in one line."""
    if not found.factors:
        if layout.plain:
            return f"the network differs from u by {scale(setting) ** 2 / 2:.1g} of it at this sigma"
        return "u is the network smoothed by the steps, to first order the mean over a pair"
    nodes = next(each for each in layout.sets if each.factors == found.factors)
    first, name = found.factors[0], estimator(nodes)
    what = {
        "radial": f"fewest nodes; its bias at this sigma is {bias_of(nodes, setting):.0e}",
        "chi": "no bias at any sigma",
        "quadrature": "no noise from the radii, and hardly any bias",
    }.get(name, "exact or nearly so along each axis")
    if isinstance(first, (Frame, Spanned)):
        count = layout.directions
        return f"{count} of {setting.dim} directions, {what}" if count < setting.dim else f"whole frames, {what}"
    return f"one {'axis' if isinstance(first, Line) else 'direction'}, {what}"
