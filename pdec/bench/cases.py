"""Comparisons that need no file: Laplacians of functions whose own is known, and the heat equation of the paper."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pdec.bench.run import METHODS, Watch
from pdec.compiler import loads
from pdec.estimation import estimate
from pdec.estimators import LOWERINGS
from pdec.problem import Problem
from pdec.training.network import mlp
from pdec.training.randomness import stream

HEAT = (
    *("stein-antithetic:2048", "stein-antithetic:256", "stein-antithetic:16", "stein-chi:36", "stein-radial:20"),
    *("stein:20", "stein:13", "stein:5", "hutchinson:18", "hutchinson:3", "taylor", "autograd"),
)
"""The entries for the heat equation: the paper's, 16 directions and one, and the exact methods."""

HEAT_OPTIONS = {"width": 256, "depth": 4, "points": {"": 50}, "dtype": "float32", "sigma": 0.01}

SHOWN = (4, 16, 64, 500)
"""Of the samples that are tried, those whose errors are shown."""

PAPER = ("stein-antithetic", 2048)
"""What the others are measured by."""

SAMPLES = (4, 8, 16, 32, 64, 128, 256, 500, 1024, 2048)
SIGMAS = (0.01, 0.03)
POINTS, REPEATS = 16, 2
NETWORKS = 4

LAPLACIANS = ("stein-antithetic", "stein-chi", "stein-radial", "stein", "hutchinson")
"""The methods whose Laplacians are compared."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of points (…, d + 1), time in the last column, with the Laplacian (B,) of it in space."""

    name: str
    dim: int
    value: Callable[[Tensor], Tensor]
    laplacian: Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Row:
    """Root mean square error of a Laplacian, over points and draws, and its size relative to the Laplacian's own.

    `paper` is the error of the paper's estimator with 2048 samples.
    """

    function: str
    dim: int
    dtype: str
    sigma: float
    method: str
    samples: int
    evaluations: float
    rmse: float
    relative: float
    paper: float


def heat_problem(dim: int | None) -> Problem:
    """The paper's heat equation, in 100 dimensions where none is given."""
    text = (Path(__file__).resolve().parent.parent / "templates" / "heat.pde").read_text(encoding="utf-8")
    return loads(text, dim=dim or 100, name="heat.pde")


def heat_methods() -> tuple[str, ...]:
    """Those of HEAT that exist."""
    return tuple(text for text in HEAT if text.partition(":")[0] in METHODS)


def tanh_network(dim: int, seed: int, dtype: torch.dtype) -> Function:
    """A random network of two hidden layers of 64 neurons; its Laplacian is worked out layer by layer."""
    net = mlp(dim, 1, 64, 3, "tanh", generator=stream(seed, "case"), dtype=torch.float64).to(dtype)
    w1, b1, w2, b2, w3, _ = (parameter.detach().double() for parameter in net.parameters())

    def laplacian(points: Tensor) -> Tensor:
        one = torch.tanh(points[:, :-1].double() @ w1.T + b1)
        two = torch.tanh(one @ w2.T + b2)
        slope, slope_two = 1 - one.square(), 1 - two.square()  # tanh' = 1 - tanh², tanh'' = -2 tanh tanh'
        bend = -2 * one * slope * w1.square().sum(1)
        inner = torch.einsum("jk,bk,ki->bji", w2, slope, w1).square().sum(-1)
        return ((-2 * two * slope_two * inner + slope_two * (bend @ w2.T)) @ w3.T)[:, 0]

    return Function("tanh network", dim, lambda points: net(points[..., :-1]), laplacian)


def hjb_solution(dim: int) -> Function:
    """log((1 + |x|² + 2d(1 - t))/2), which solves the paper's HJB equation to 1e-3 in 250 dimensions."""

    def inside(points: Tensor) -> Tensor:
        return 1 + points[..., :-1].square().sum(-1, keepdim=True) + 2 * dim * (1 - points[..., -1:])

    def laplacian(points: Tensor) -> Tensor:
        exact = points.double()
        s = inside(exact)[:, 0]
        return 2 * dim / s - 4 * exact[:, :-1].square().sum(-1) / s**2

    return Function("HJB solution", dim, lambda points: (inside(points) / 2).log(), laplacian)


def functions(dtype: torch.dtype, dims: Sequence[int] = (100, 1000), hjb: int = 250) -> Iterator[list[Function]]:
    """Functions whose errors are taken together: several networks of one size, and the HJB solution."""
    for dim in dims:
        yield [tanh_network(dim, seed, dtype) for seed in range(NETWORKS)]
    yield [hjb_solution(hjb)]


def laplacians(
    methods: Sequence[str] = (),
    *,
    sigmas: Sequence[float] = SIGMAS,
    samples: Sequence[int] = (),
    dtypes: Sequence[str] = ("float32", "float64"),
    dims: Sequence[int] = (100, 1000),
    hjb: int = 250,
    watch: Watch = lambda what, done, total: None,
) -> list[Row]:
    """The error of every method (default: those of LAPLACIANS that exist) for every number of samples."""
    chosen = list(methods) or [name for name in LAPLACIANS if name in LOWERINGS]
    rows: list[Row] = []
    total = len(dtypes) * (len(dims) + 1) * len(sigmas) * len(chosen)
    for dtype in dtypes:
        for group in functions(getattr(torch, dtype), dims, hjb):
            for sigma in sigmas:
                _, paper, _ = error(group, *PAPER, sigma, dtype)
                for method in chosen:
                    done = len({(r.function, r.dim, r.dtype, r.sigma, r.method) for r in rows})
                    watch(f"{group[0].name}, dimension {group[0].dim}: {method}", done, total)
                    for count in samples or SAMPLES:
                        evaluations, rmse, size = error(group, method, count, sigma, dtype)
                        place = (group[0].name, group[0].dim, dtype, sigma, method, count)
                        rows.append(Row(*place, evaluations, rmse, rmse / size, paper))
    return rows


def error(group: Sequence[Function], method: str, samples: int, sigma: float, dtype: str) -> tuple[float, float, float]:
    """Evaluations a point, root mean square error, and root mean square of the Laplacian itself."""
    wrong: list[Tensor] = []
    sizes: list[Tensor] = []
    evaluations = 0
    generator = stream(0, f"{method} {samples} {sigma} {dtype}")
    for number, function in enumerate(group):
        draw = stream(number, "case points")
        x = torch.randn(POINTS, function.dim, generator=draw, dtype=torch.float64)
        t = torch.rand(POINTS, 1, generator=draw, dtype=torch.float64)
        points = torch.cat([x, t], dim=1).to(getattr(torch, dtype))

        def counted(places: Tensor, value: Callable[[Tensor], Tensor] = function.value) -> Tensor:
            nonlocal evaluations
            evaluations += places.shape[:-1].numel()
            return value(places)

        truth = function.laplacian(points)
        sizes.append(truth.square())
        for _ in range(REPEATS):
            with torch.set_grad_enabled(not LOWERINGS[method].smoothed):
                found = estimate(
                    "lap(u)",
                    counted,
                    points,
                    method=method,
                    samples=samples,
                    sigma=sigma,
                    sigma_t=1e-9,  # next to no smoothing in time: the Laplacian is that in space
                    time=True,
                    generator=generator,
                )
            wrong.append((found.detach().double() - truth).square())
    rmse, size = (math.sqrt(torch.cat(parts).mean().item()) for parts in (wrong, sizes))
    return evaluations / (POINTS * REPEATS * len(group)), rmse, size


def needed(rows: Sequence[Row]) -> float | None:
    """Evaluations with which one method reaches the paper's error, between those that were tried; None if it never
    does."""
    before: Row | None = None
    for row in sorted(rows, key=lambda row: row.evaluations):
        if row.rmse <= row.paper:
            if before is None or row.rmse <= 0 or before.rmse <= row.paper:
                return row.evaluations
            share = math.log(before.rmse / row.paper) / math.log(before.rmse / row.rmse)
            return before.evaluations * math.exp(share * math.log(row.evaluations / before.evaluations))
        before = row
    return None
