"""How good a trained network is: errors against a known solution and the residual, on points it was not trained on."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from pdec.choice import network_shape
from pdec.problem import Problem
from pdec.training.honesty import POINTS, SAMPLES, baselines, gradient_errors, quietly, radial_points
from pdec.training.randomness import stream

if TYPE_CHECKING:
    from pdec.loss import Loss

Net = Callable[[Tensor], Tensor]

CHUNK = 2**22  # numbers in the largest tensor of one evaluation: 16 MiB in float32
RESIDUAL_POINTS = 256
RESIDUAL_SAMPLES = 8
RESIDUAL_COORDINATES = 50_000  # at most this many coordinates in all: each costs a second derivative
RESIDUAL_DIMENSION = 2000  # above it exact second derivatives take more time and memory than the training


@dataclass(frozen=True, slots=True)
class Metrics:
    """What was measured and on how many points.

    `errors`: for each unknown with a known solution the relative errors `l1` and `l2` as fractions (nan where the
    solution vanishes), and, where the solution is sampled, its own relative standard error as `reference`.
    `residuals`: root mean square residual by equation, None where it cannot be computed.
    `gradients`: the relative error of the gradient in space; `radial`: errors on points of uniform radius, where the
    domain is a ball; `baselines`: errors of what needs no training, by its name (see `pdec.training.honesty`).
    """

    errors: dict[str, dict[str, float]]
    test_points: int
    residuals: dict[str, float | None]
    residual_points: int
    gradients: dict[str, float] = field(default_factory=dict)
    radial: dict[str, dict[str, float]] = field(default_factory=dict)
    baselines: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)


def evaluate(
    loss: Loss,
    exact: Loss | None,
    net: Net,
    *,
    device: torch.device,
    dtype: torch.dtype,
    parameters: Mapping[str, float] | None = None,
) -> Metrics:
    """Errors and residuals of `net`, on points and with noise from streams of their own.

    `parameters` are the unknown parameters that were found; `exact` is the same problem compiled with exact
    derivatives, without which there are no residuals.
    """
    count = residual_count(loss.problem)
    residuals: dict[str, float | None] = {equation.label: None for equation in loss.problem.equations}
    if exact is not None and count > 0:
        # a network that cannot be differentiated that often has nothing to report
        with contextlib.suppress(RuntimeError):
            residuals |= residual_rms(loss, exact, net, count, device=device, dtype=dtype, parameters=parameters)
    where: dict[str, Any] = {"device": device, "dtype": dtype, "parameters": parameters or {}}
    draw = radial_points(loss.problem) if loss.problem.solutions else None
    sizes = list(chunks(min(POINTS, loss.options.test_points), SAMPLES * widest(loss)))
    return Metrics(
        errors=relative_errors(loss, net, **where),
        test_points=loss.options.test_points,
        residuals=residuals,
        residual_points=count,
        gradients=quietly(lambda: gradient_errors(loss, net, sizes, **where)),
        radial={} if draw is None else relative_errors(loss, net, **where, draw=draw),
        baselines=baselines(loss, **where),
    )


def relative_errors(
    loss: Loss,
    net: Net,
    *,
    device: torch.device,
    dtype: torch.dtype,
    parameters: Mapping[str, float] | None = None,
    count: int | None = None,
    draw: Callable[..., Tensor] | None = None,
) -> dict[str, dict[str, float]]:
    """L1 and L2 errors as `Metrics` holds them: Σ|u-u*|/Σ|u*| and (Σ(u-u*)²/Σu*²)^½ over `count` points, of which the
    usual number is `options.test_points`, by the law of the problem or of `draw`.

    Points are drawn, evaluated and forgotten chunk by chunk; the sums are in double precision on the CPU.
    """
    problem, options = loss.problem, loss.options
    if not problem.solutions:
        return {}
    columns = {unknown.name: slice(unknown.first, unknown.first + unknown.size) for unknown in problem.unknowns}
    sums = {solution.unknown: torch.zeros(5, dtype=torch.float64) for solution in problem.solutions}
    places, noise, reference = (stream(options.seed, name, device) for name in ("test", "test noise", "reference"))
    draw = draw or loss.points
    given: dict[str, Any] = {"parameters": parameters} if parameters else {}
    for n in chunks(count or options.test_points, options.test_samples * widest(loss)):
        points = draw(n, generator=places, device=device, dtype=dtype)
        with torch.no_grad():
            values = loss.solution(net, points, samples=options.test_samples, generator=noise, **given).cpu().double()
            known = loss.known(points, samples=options.reference_samples, generator=reference)
        for name, (expected, spread) in known.items():
            truth = expected.cpu().double().reshape(n, -1)
            wrong = values[:, columns[name]] - truth
            own = torch.zeros(1).double() if spread is None else spread.cpu().double()
            sums[name] += torch.stack([p.sum() for p in (wrong.abs(), truth.abs(), wrong**2, truth**2, own)])
    errors = {}
    for solution in problem.solutions:
        wrong_l1, size_l1, wrong_l2, size_l2, spread_l1 = sums[solution.unknown].tolist()
        errors[solution.unknown] = {"l1": ratio(wrong_l1, size_l1), "l2": math.sqrt(ratio(wrong_l2, size_l2))}
        if solution.expectation:
            errors[solution.unknown]["reference"] = ratio(spread_l1, size_l1)
    return errors


def residual_count(problem: Problem) -> int:
    """Points on which the held-out residual is computed: fewer in high dimension, where each costs more; 0 for none."""
    if problem.n_coords > RESIDUAL_DIMENSION:
        return 0
    return min(RESIDUAL_POINTS, max(8, RESIDUAL_COORDINATES // problem.n_coords))


def residual_rms(
    loss: Loss,
    exact: Loss,
    net: Net,
    count: int,
    *,
    device: torch.device,
    dtype: torch.dtype,
    parameters: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Root mean square of each equation's residual over `count` points; of a vector's, of its length.

    Derivatives are the exact ones of the solution with its noise frozen: a smooth function close to the smoothed
    model. Raises RuntimeError where the network cannot be differentiated often enough.
    """

    def frozen(points: Tensor) -> Tensor:
        noise = stream(loss.options.seed, "residual noise", device)
        return loss.network(net, points, samples=RESIDUAL_SAMPLES, generator=noise)

    draw = stream(loss.options.seed, "residual", device)
    squares: dict[str, list[Tensor]] = {}
    given: dict[str, Any] = {"parameters": parameters} if parameters else {}
    # nothing is smoothed by a method that is exact itself, which is to see the layers of the network
    network = net if exact.options.method == loss.options.method else frozen
    # stacked back-propagation keeps a graph for every coordinate
    for n in chunks(count, RESIDUAL_SAMPLES * neurons(loss) * loss.problem.n_coords):
        for name, labels in loss.equation_sets.items():
            points = loss.points(n, name, generator=draw, device=device, dtype=dtype)
            found = exact.residual(network, points, **given)
            for label in labels:
                square = found[label].detach().cpu().double().reshape(n, -1).square().sum(1)
                squares.setdefault(label, []).append(square)
    return {label: torch.cat(parts).mean().sqrt().item() for label, parts in squares.items()}


def neurons(loss: Loss) -> int:
    """The numbers that a hidden layer of the network holds at a point."""
    shape = network_shape(loss.problem, loss.options)
    return shape.width * shape.copies


def widest(loss: Loss) -> int:
    """The most numbers that there are at a point, before a layer or behind it."""
    return max(loss.problem.n_coords, neurons(loss))


def chunks(total: int, per_point: int) -> Iterator[int]:
    """Sizes that add up to `total`, so small that `per_point` numbers a point stay within CHUNK."""
    size = max(1, CHUNK // per_point)
    for start in range(0, total, size):
        yield min(size, total - start)


def ratio(part: float, whole: float) -> float:
    """`part / whole`, nan where the whole is zero."""
    return part / whole if whole else math.nan
