"""The loss of the heat equation as one would write it by hand, to measure what generated code costs beside it."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor, nn

from pdec.bench.cases import heat_problem
from pdec.bench.run import Watch
from pdec.compiler import compile
from pdec.training.network import network_for
from pdec.training.randomness import stream

Batch = Mapping[str, Tensor]
Written = Callable[[nn.Sequential, Batch, Generator], Tensor]

OPTIONS: dict[str, Any] = {"width": 32, "depth": 4, "points": {"": 50}, "dtype": "float32", "sigma": 0.01}
SIGMA, WEIGHT, SHARE, DIRECTIONS = 0.01, 1000, 16, 16
STEPS = 50
"""Losses in a row, with their gradients, of which the median time is taken."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Seconds of a loss and its gradient, generated and written by hand, medians; and the ratio, of which `low` and
    `high` are the quartiles over repetitions."""

    method: str
    samples: int
    generated: float
    by_hand: float
    ratio: float
    low: float
    high: float


def conditions(u: Callable[[Tensor], Tensor], batch: Batch) -> Tensor:
    """The terms of the initial and the boundary condition."""
    start, edge = batch["initial"], batch["boundary"]
    dim = start.shape[1] - 1
    early = u(start) - 0.5 * start[:, :dim].square().sum(-1) / dim
    outside = u(edge) - 0.5 / dim - edge[:, dim]
    return WEIGHT * (early.square().mean() + outside.square().mean())


def antithetic(net: nn.Sequential, batch: Batch, generator: Generator) -> Tensor:
    """By the paper's estimator with 16 samples: eight pairs, and the point itself."""
    x = batch["domain"]
    dim = x.shape[1] - 1
    z = torch.randn(8, *x.shape, generator=generator)
    values: Tensor = net(torch.cat([x + SIGMA * z, x - SIGMA * z, x[None]]))[..., 0]
    plus, minus = values[:8], values[8:16]
    lap = ((z[..., :dim].square().sum(-1) - dim) * ((plus + minus) / 2 - values[16])).mean(0) / SIGMA**2
    slope = (z[..., dim] * (plus - minus)).mean(0) / (2 * SIGMA)

    def u(x: Tensor) -> Tensor:
        z = torch.randn(8, *x.shape, generator=generator)
        values: Tensor = net(torch.cat([x + SIGMA * z, x - SIGMA * z]))
        return values[..., 0].mean(0)

    return (slope - lap).square().mean() + conditions(u, batch)


def simplex(net: nn.Sequential, batch: Batch, generator: Generator) -> Tensor:
    """By `stein-radial` with 16 orthogonal directions that 16 points share, sent through the first layer once."""
    x, first, rest = batch["domain"], net[0], net[1:]
    count, dim = len(x), x.shape[1] - 1
    assert isinstance(first, nn.Linear)
    weight = first.weight
    z = torch.randn(-(-count // SHARE), dim, DIRECTIONS, generator=generator)
    root = torch.linalg.cholesky_ex(z.mT @ z)[0]
    frame = torch.linalg.solve_triangular(root, z.mT, upper=False).movedim(1, 0) @ weight[:, :dim].T
    k = DIRECTIONS
    last = frame.sum(0, keepdim=True) / math.sqrt(k)
    corners = torch.cat([math.sqrt((k + 1) / k) * frame - (math.sqrt(k + 1) - 1) / k * last, -last])
    corners = corners.index_select(1, torch.arange(count) * len(z) // count)
    start, ahead = first(x), SIGMA * weight[:, dim]
    middle = start + torch.randn(1, count, 1, generator=generator) * ahead
    radius, step = SIGMA * math.sqrt(2 * (dim + 2)), math.sqrt(3) * ahead
    nodes = [middle + radius * corners, middle, (start + step)[None], (start - step)[None]]
    values: Tensor = rest(torch.cat(nodes))[..., 0]
    lap = 2 * dim / radius**2 * (values[: k + 1] - values[k + 1]).mean(0)
    slope = (values[-2] - values[-1]) / (2 * math.sqrt(3) * SIGMA)
    return (slope - lap).square().mean() + conditions(lambda x: net(x)[:, 0], batch)


WRITTEN: dict[tuple[str, int], Written] = {("stein-antithetic", 16): antithetic, ("stein", 20): simplex}
"""Method and samples of the same computation in generated code."""


def beside(*, repeats: int = 9, dim: int = 100, watch: Watch = lambda what, done, total: None) -> list[Beside]:
    """Each in turn with its like, on one batch: 50 points a set, a network of width 32."""
    found = []
    for number, (method, samples) in enumerate(WRITTEN):
        seconds = []
        ours, theirs = pair(method, samples, dim)
        for repeat in range(repeats):
            watch(method, number * repeats + repeat, len(WRITTEN) * repeats)
            seconds.append((median_seconds(ours), median_seconds(theirs)))
        found.append(summary(method, samples, seconds))
    return found


def pair(method: str, samples: int, dim: int) -> tuple[Callable[[], Tensor], Callable[[], Tensor]]:
    """The generated loss and the one by hand, of the same network on the same batch."""
    problem = heat_problem(dim)
    loss = compile(problem, method=method, samples=samples, **OPTIONS)
    net, generator = network_for(problem, loss.options), stream(0, "by hand")
    assert isinstance(net, nn.Sequential)
    batch, written = loss.sample(generator=generator), WRITTEN[method, samples]
    return lambda: loss(net, batch, generator=generator), lambda: written(net, batch, generator)


def median_seconds(value: Callable[[], Tensor]) -> float:
    """Of a loss and its gradient."""
    seen = []
    for _ in range(STEPS):
        start = time.perf_counter()
        value().backward()  # type: ignore[no-untyped-call]
        seen.append(time.perf_counter() - start)
    return statistics.median(seen)


def summary(method: str, samples: int, seconds: Sequence[tuple[float, float]]) -> Beside:
    ours, theirs = (statistics.median(column) for column in zip(*seconds))
    ratios = [mine / hand for mine, hand in seconds]
    low, ratio, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else 3 * ratios
    return Beside(method, samples, ours, theirs, ratio, low, high)
