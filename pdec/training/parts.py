"""The part of a batch that one of several processes evaluates, with the noise that those points have among all points.

Every process draws the noise for all points of a set, from the same stream, and keeps that of its own: so the numbers
belong to the points, whichever process has them, and the streams stay alike. Drawing costs little beside the network:
for Hermite weights draws · points · coordinates normal numbers in every process, less by `share` along directions.

Where there are too few points for that, Stein methods share out the nodes of each point instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch
from torch import Generator, Tensor, nn

from pdec.choice import rows
from pdec.plan import plan
from pdec.symbolic.atoms import Average
from pdec.symbolic.elsewhere import At
from pdec.training.ranks import Ranks

if TYPE_CHECKING:
    from pdec.loss import Loss

FEWEST = 2
"""Points of a part, but for a set of one: an axis of length 1 is one that broadcasts."""


@dataclass(frozen=True, slots=True)
class Part:
    """The points from `first` to before `last` of `count`. `own`: whether this process answers for them; else another
    one does, and they are evaluated, without weight, so that all draw the same numbers."""

    first: int
    last: int
    count: int
    own: bool

    @property
    def size(self) -> int:
        return self.last - self.first


def part(count: int, ranks: Ranks) -> Part:
    """The part of `count` points that this process evaluates; of few points some processes have none of their own."""
    sharers = max(1, min(ranks.size, count // FEWEST))
    own = ranks.rank < sharers
    number = ranks.rank if own else 0
    return Part(count * number // sharers, count * (number + 1) // sharers, count, own)


def squares(loss: Loss, net: nn.Module, batch: Mapping[str, Tensor], ranks: Ranks, **given: Any) -> dict[str, Tensor]:
    """What of `Loss.squares` this process computes: (B,) by label, zero at the points of others. The sum over all
    processes is what `Loss.squares` gives, and so are its gradients."""
    if ranks.alone:
        return loss.squares(net, batch, **given)
    found: dict[str, Tensor] = {}
    for name, points in batch.items():
        few = len(points) < FEWEST * ranks.size and hasattr(loss.module, "draw")
        # gradients by points are those of who has them
        evaluate = by_nodes if few and not points.requires_grad else of_points
        found |= evaluate(loss, net, {name: points}, ranks, **given)
    return found


def of_points(loss: Loss, net: nn.Module, batch: Mapping[str, Tensor], ranks: Ranks, **given: Any) -> dict[str, Tensor]:
    """The same, by whole points alone: no message to other processes is needed."""
    found: dict[str, Tensor] = {}
    for name, points in batch.items():
        mine = part(len(points), ranks)
        with drawing(loss.module, mine):
            values = loss.squares(net, {name: points[mine.first : mine.last]}, **given)
        around = (mine.first, mine.count - mine.last)
        for label, value in values.items():
            found[label] = nn.functional.pad(value if mine.own else 0 * value, around)
    return found


def pieces(loss: Loss) -> dict[str, int]:
    """In how many parts the points of each set are taken: `options.pieces` for the one that asks most of the network,
    and for those that ask for values at other places, as many as they may be; fewer for others, so that no part of
    theirs asks for more."""
    most, count = rows(loss.problem, loss.options), loss.options.pieces
    found = {name: max(1, math.ceil(count * own / max(most.values()))) for name, own in most.items()}
    for section in plan(loss.problem, loss.options).sections:
        if any(expression.has(At, Average) for expression in section.expressions):
            found[section.point_set] = count
    return found


def in_pieces(
    loss: Loss,
    net: nn.Module,
    batch: Mapping[str, Tensor],
    ranks: Ranks,
    generator: Generator,
    counts: Mapping[str, int],
    **given: Any,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The weighted loss and its terms, what this process has of them, without graph; their gradients are added to those
    that there are.

    So many parts of the points of each set are evaluated and forgotten one after the other, as if each were in a
    process of its own: each draws the noise of all points of its set, and the result does not depend on the counts.
    """
    terms: dict[str, Tensor] = {}
    for name, points in batch.items():
        state, count = generator.get_state(), counts[name]
        for number in range(count):
            generator.set_state(state)
            piece = Ranks(ranks.rank * count + number, ranks.size * count)
            found = of_points(loss, net, {name: points}, piece, generator=generator, **given)
            means = {label: values.mean() for label, values in found.items()}
            loss.weighted(means).backward()  # type: ignore[no-untyped-call]
            terms |= {label: mean.detach() + terms.get(label, 0) for label, mean in means.items()}
    return loss.weighted(terms), terms


def by_nodes(loss: Loss, net: nn.Module, batch: Mapping[str, Tensor], ranks: Ranks, **given: Any) -> dict[str, Tensor]:
    """The same, but every process has all points, and differentiates the network at its share of the nodes."""
    numbers = given.get("parameters")
    if numbers is not None and not ranks.first:
        given["parameters"] = {name: number.detach() for name, number in numbers.items()}
    found = loss.squares(SharedNodes(net, ranks), batch, **given)
    # all have the values: they count once, gradients wherever they are
    return found if ranks.first else {label: value - value.detach() for label, value in found.items()}


class SharedNodes:
    """A network (…, n_coords) -> (…, n_unknowns) whose values at nodes (K, …) each process computes for a share of the
    K and gets for the others. To the graph of a process, those of the others are constants."""

    def __init__(self, net: nn.Module, ranks: Ranks) -> None:
        self._net, self._ranks = net, ranks

    def __call__(self, nodes: Tensor) -> Tensor:
        rank, size, count = self._ranks.rank, self._ranks.size, len(nodes)
        if nodes.dim() < 3 or count < size:
            values: Tensor = self._net(nodes)
            return values if self._ranks.first else values.detach() + 0 * values
        first, last = count * rank // size, count * (rank + 1) // size
        own: Tensor = self._net(nodes[first:last])
        whole = own.new_zeros(count, *own.shape[1:])
        whole[first:last] = own.detach()
        (whole,) = self._ranks.summed([whole])
        return torch.cat([whole[:first], own, whole[last:]])


def gathered(batch: Mapping[str, Tensor], ranks: Ranks) -> dict[str, Tensor]:
    """Batches of which each process has brought its own points up to date, as one that all have."""
    if ranks.alone:
        return dict(batch)
    kept = []
    for points in batch.values():
        mine = part(len(points), ranks)
        kept.append(torch.zeros_like(points))
        if mine.own:
            kept[-1][mine.first : mine.last] = points[mine.first : mine.last]
    return dict(zip(batch, ranks.summed(kept)))


@contextmanager
def drawing(module: ModuleType, mine: Part) -> Iterator[None]:
    """Within, the generated `module` draws for the points of a part what it draws for them among all points."""
    if mine.size == mine.count or not hasattr(module, "draw"):
        yield
        return
    own = _Drawing(module, mine)
    before = {name: getattr(module, name) for name in own.replaced}
    vars(module).update(own.replaced)
    try:
        yield
    finally:
        vars(module).update(before)


class _Drawing:
    """Takes the places of the functions of a generated module that draw noise, that deal what groups of points share,
    and that evaluate unknowns at other places."""

    def __init__(self, module: ModuleType, mine: Part) -> None:
        self._part = mine
        self._draw: Callable[..., Any] = module.draw
        self._deal: Callable[[Tensor, int], Tensor] | None = getattr(module, "dealt", None)
        self._once = False  # at places that all points have in common
        self._dealings: dict[tuple[int, int], Tensor] = {}
        self.replaced: dict[str, Any] = {"draw": self.draw}
        if self._deal is not None:
            self.replaced["dealt"] = self.dealt
        for name, function in vars(module).items():
            if name.rstrip("0123456789") == "elsewhere" and callable(function):
                self.replaced[name] = self._there(function)

    def draw(self, points: Tensor, generator: Generator | None, draws: Any, *groups: int) -> Any:
        """The noise of the module's `draw` for all points, of which that of the own points is kept."""
        if self._once:
            return self._draw(points, generator, draws, *groups)
        times = len(points) // self._part.size  # places a point, or estimates at one
        everywhere = points.new_empty(1, 1).expand(times * self._part.count, points.shape[1])  # no memory
        noise = self._draw(everywhere, generator, draws, *groups)
        if isinstance(noise, tuple):
            return tuple(self._kept(each, times) for each in noise)
        return self._kept(noise, times)

    def dealt(self, rows: Tensor, count: int) -> Tensor:
        """What the module's `dealt` gives to the own points: groups may begin before them."""
        assert self._deal is not None
        index = self._dealings.get((rows.shape[-2], count))
        if self._once or index is None or rows.shape[-2] in (1, count):
            return self._deal(rows, count)
        return rows.index_select(-2, index)

    def _kept(self, noise: Tensor, times: int) -> Tensor:
        """Of noise (…, G, k) for all points, the own rows, as a copy: those of others need not stay in memory."""
        mine, groups = self._part, noise.shape[-2]
        if groups == 1:
            return noise
        each, rest = divmod(groups, times)
        if rest or each == mine.count:
            rows = (mine.count * torch.arange(times)[:, None] + torch.arange(mine.first, mine.last)).flatten()
            return noise.index_select(-2, (rows * groups // (times * mine.count)).to(noise.device))
        group = torch.arange(mine.first, mine.last) * each // mine.count  # the same in every estimate
        first, last = int(group[0]), int(group[-1]) + 1
        size, local = last - first, (group - first).to(noise.device)
        for count in (times, 2 * times):  # at both ends of a period
            index = torch.cat([local + k * size for k in range(count)])
            self._dealings[count * size, count * mine.size] = index
        sets = noise.reshape(*noise.shape[:-2], times, each, noise.shape[-1])
        return sets[..., first:last, :].flatten(-3, -2).clone()

    def _there(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def at(net: Any, places: Tensor, *given: Any) -> Any:
            before = self._once
            self._once = places.dim() < 2 or places.shape[-2] == 1
            try:
                return function(net, places, *given)
            finally:
                self._once = before

        return at
