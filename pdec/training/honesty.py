"""What keeps an error honest: points inside a ball, the gradient, and how good it is to know nothing."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdec.domains import Ball
from pdec.problem import Problem
from pdec.runtime.sampling import radial_ball, uniform_times
from pdec.training.randomness import stream

if TYPE_CHECKING:
    from pdec.loss import Loss

Net = Callable[[Tensor], Tensor]
Errors = dict[str, dict[str, float]]

POINTS = 1000
SAMPLED_POINTS = 100  # where the known solution is an expectation, of which every value costs many draws
SAMPLES = 8  # of the smoothing, where it is differentiated


def radial_points(problem: Problem) -> Callable[..., Tensor] | None:
    """A sampler `(n, generator=, device=, dtype=)` of points (n, n_coords) with uniform radius, where the domain is a
    ball in which the usual points are uniform in volume: almost all of those lie at the surface. None for others."""
    domain = problem.domain
    if not isinstance(domain, Ball) or domain.law != "uniform" or problem.dim < 3:
        return None

    def draw(n: int, **options: Any) -> Tensor:
        x = radial_ball(n, problem.dim, radius=domain.radius, center=domain.center, **options)
        if problem.coordinates.interval is None:
            return x
        return torch.cat([x, uniform_times(n, *problem.coordinates.interval, **options)], dim=1)

    return draw


def gradient_errors(
    loss: Loss,
    net: Net,
    sizes: Iterable[int],
    *,
    device: torch.device,
    dtype: torch.dtype,
    parameters: Mapping[str, float],
) -> dict[str, float]:
    """Σ|∇u-∇u*|₁ / Σ|∇u*|₁, ∇ in space, for each unknown whose solution is known in closed form, over held-out points,
    so many at a time as `sizes` says.

    The noise of a smoothed model is held fast, so that its derivative is one of the network.
    """
    problem, options = loss.problem, loss.options
    closed = [solution.unknown for solution in problem.solutions if not solution.expectation]
    if not closed:
        return {}
    draw, noise = (stream(options.seed, f"gradient {name}", device) for name in ("points", "noise"))
    samples = min(SAMPLES, options.test_samples)
    given: dict[str, Any] = {"parameters": parameters} if parameters else {}
    sums = {name: [0.0, 0.0] for name in closed}
    for count in sizes:
        points = loss.points(count, generator=draw, device=device, dtype=dtype).requires_grad_()
        values = loss.solution(net, points, samples=samples, generator=noise, **given)
        known = loss.known(points, samples=2)
        for unknown in problem.unknowns:
            if unknown.name in sums:
                truth = known[unknown.name][0].reshape(count, -1)
                for column in range(unknown.size):
                    right = _gradient(truth[:, column], points, problem.dim)
                    wrong = _gradient(values[:, unknown.first + column], points, problem.dim) - right
                    sums[unknown.name][0] += wrong.abs().sum().item()
                    sums[unknown.name][1] += right.abs().sum().item()
    return {name: wrong / size if size else math.nan for name, (wrong, size) in sums.items()}


def baselines(
    loss: Loss, *, device: torch.device, dtype: torch.dtype, parameters: Mapping[str, float]
) -> dict[str, Errors]:
    """For each unknown with a known solution, by name: relative `l1` and `l2` of what needs no training.

    The best constant (the median for l1, the mean for l2); the least-squares fit of 1, t and |x|² to the solution
    itself; and where there are hard conditions, what they make of a network that is zero.
    """
    problem, options = loss.problem, loss.options
    if not problem.solutions:
        return {}
    sampled = any(solution.expectation for solution in problem.solutions)
    count = min(SAMPLED_POINTS if sampled else POINTS, options.test_points)
    draw, noise = (stream(options.seed, f"baseline {name}", device) for name in ("points", "noise"))
    points = loss.points(count, generator=draw, device=device, dtype=dtype)
    given: dict[str, Any] = {"parameters": parameters} if parameters else {}
    with torch.no_grad():
        known = loss.known(points, samples=options.reference_samples, generator=noise)
        zero = _zero_network(loss, points, noise, given) if problem.ansatz else None
    x = points.cpu().double()
    features = [torch.ones(count, 1), x[:, : problem.dim].square().sum(1, keepdim=True), x[:, problem.dim :]]
    matrix = torch.cat([part.double() for part in features], dim=1)
    found: dict[str, Errors] = {}
    for unknown in problem.unknowns:
        if unknown.name not in known:
            continue
        truth = known[unknown.name][0].cpu().double().reshape(count, -1)
        fit = matrix @ torch.linalg.lstsq(matrix, truth, driver="gelsd").solution
        found[unknown.name] = {
            "best constant": {
                "l1": _relative(truth - truth.median(dim=0).values, truth, 1),
                "l2": _relative(truth - truth.mean(dim=0), truth, 2),
            },
            "fit of 1, t, |x|²": {f"l{p}": _relative(truth - fit, truth, p) for p in (1, 2)},
        }
        if zero is not None and any(ansatz.unknown == unknown.name for ansatz in problem.ansatz):
            wrong = truth - zero[:, unknown.first : unknown.first + unknown.size]
            found[unknown.name]["ansatz without network"] = {f"l{p}": _relative(wrong, truth, p) for p in (1, 2)}
    return found


def _zero_network(loss: Loss, points: Tensor, noise: torch.Generator, given: Mapping[str, Any]) -> Tensor:
    def net(x: Tensor) -> Tensor:
        return x.new_zeros(*x.shape[:-1], loss.problem.n_unknowns)

    return loss.solution(net, points, samples=2, generator=noise, **given).cpu().double()


def _gradient(values: Tensor, points: Tensor, dim: int) -> Tensor:
    """∂ of each of `values` (B,) by the first `dim` columns of its point, (B, dim) in double precision."""
    if not values.requires_grad:
        return torch.zeros(len(points), dim, dtype=torch.float64)
    (found,) = torch.autograd.grad(values.sum(), points, retain_graph=True, allow_unused=True)
    return torch.zeros(len(points), dim).double() if found is None else found[:, :dim].cpu().double()


def _relative(wrong: Tensor, truth: Tensor, p: int) -> float:
    size = truth.abs().pow(p).sum().item()
    return (wrong.abs().pow(p).sum().item() / size) ** (1 / p) if size else math.nan


def quietly(compute: Callable[[], dict[str, float]]) -> dict[str, float]:
    """What `compute` gives; nothing where a network or a solution cannot be differentiated."""
    with contextlib.suppress(RuntimeError):
        return compute()
    return {}
