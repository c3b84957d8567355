"""What takes part: a training step by some method, and the supervised step that is the unit of cost."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from pdec.loss import Loss
from pdec.options import OptionError, Options
from pdec.training.graph import Terms, compilable
from pdec.training.network import network_for
from pdec.training.optimisers import adam
from pdec.training.parts import in_pieces, pieces
from pdec.training.products import loss_by_onednn, onednn_products
from pdec.training.randomness import stream
from pdec.training.ranks import Ranks


@dataclass(frozen=True, slots=True)
class Setup:
    """The same for all: the network at its start, and one batch of points (point set -> (B, n_coords))."""

    net: nn.Module
    batch: Mapping[str, Tensor]
    device: torch.device
    dtype: torch.dtype

    @property
    def points(self) -> Tensor:
        """All points of the batch (B, n_coords)."""
        return torch.cat(list(self.batch.values()))


def setup(loss: Loss, device: torch.device) -> Setup:
    """The network and the first points that training by `loss` would have."""
    options = loss.options
    dtype: torch.dtype = getattr(torch, options.dtype)
    net = network_for(loss.problem, options)
    batch = loss.sample(generator=stream(options.seed, "points", device), device=device, dtype=dtype)
    return Setup(net.to(device), batch, device, dtype)


def training_step(loss: Loss, shared: Setup, *, eager: bool = False) -> Callable[[], None]:
    """One step of training after another, as `pdec.solve` makes them: points, loss, backward, optimiser.

    With `compile` `yes` by one graph, for the methods that torch compiles, unless it is to be `eager`.
    """
    net = copy.deepcopy(shared.net)
    numbers = loss.parameters(device=shared.device, dtype=shared.dtype)
    given: dict[str, Any] = {"parameters": numbers} if numbers else {}
    optimiser = adam(net, numbers, loss.options)
    points = stream(loss.options.seed, "bench points", shared.device)
    noise = stream(loss.options.seed, "bench noise", shared.device)
    compiled = Terms(loss) if loss.options.compile == "yes" and not eager and compilable(loss) else None

    counts = pieces(loss) if loss.options.pieces > 1 else {}
    quick = loss_by_onednn(loss, net, shared.device, shared.dtype)

    def step() -> None:
        batch = loss.sample(generator=points, device=shared.device, dtype=shared.dtype)
        optimiser.zero_grad()
        with onednn_products(quick):
            if compiled is not None:
                loss.weighted(compiled(net, batch, generator=noise, **given)).backward()  # type: ignore[no-untyped-call]
            elif loss.options.pieces > 1:
                in_pieces(loss, net, batch, Ranks(), noise, counts, **given)
            else:
                loss(net, batch, generator=noise, **given).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return step


def supervised_step(options: Options, shared: Setup, outputs: int) -> Callable[[], None]:
    """The same for regression: as many points, fixed in advance, with a value to learn at each."""
    net = copy.deepcopy(shared.net)
    optimiser = adam(net, {}, options)
    points = shared.points.clone()
    values = torch.ones(len(points), outputs, device=shared.device, dtype=shared.dtype)

    def step() -> None:
        value = (net(points) - values).square().mean()
        optimiser.zero_grad()
        value.backward()
        optimiser.step()

    return step


@contextmanager
def rows_counted(net: nn.Module, outputs: int) -> Iterator[Callable[[], int]]:
    """Counts the points at which the last layer of the network is evaluated: call what it gives for the number."""
    found = [0]

    def note(module: nn.Module, inputs: Any, output: Tensor) -> None:
        found[0] += output.numel() // outputs

    *_, last = net.modules()
    handle = last.register_forward_hook(note)
    try:
        yield lambda: found[0]
    finally:
        handle.remove()


def method_options(text: str, known: tuple[str, ...]) -> dict[str, Any]:
    """The options that `stein-chi` or `stein-chi:16`, a method and its samples, stands for. Raises OptionError."""
    name, colon, number = text.strip().partition(":")
    if name not in known:
        raise OptionError(f"there is no method `{name}`; there are {', '.join(known)}")
    if not colon:
        return {"method": name}
    if not number.isdecimal() or int(number) < 2:
        raise OptionError(f"after `{name}:` comes its number of samples, from 2 on, not `{number}`")
    return {"method": name, "samples": int(number)}
