"""The picture of a solution. Two coordinates: truth, solution and error side by side; one: curves; more: predicted
against known values, the solution along a line, and the history of the loss.

Everything is drawn on a Figure of its own: nothing of Matplotlib's global state is used.
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from torch import Tensor

from pdec.domains import Ball
from pdec.domains.combine import scale_of
from pdec.domains.sample import depth_at
from pdec.training.files import write_atomically
from pdec.training.randomness import stream

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from pdec.training.solution import Solution

ROWS = 4  # components that are drawn, at most
MESH = 81  # places along each side of a map
DRAWS = 2000  # for the expectations in a reference: a picture needs no more
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"  # told apart by everyone


def save(solution: Solution, path: Path) -> None:
    """Write the picture as a PNG file, whole or not at all. Raises OSError."""
    data = io.BytesIO()
    figure = draw(solution)
    FigureCanvasAgg(figure).print_png(data)
    write_atomically(path, data.getvalue())


def draw(solution: Solution) -> Figure:
    """One row of panels for each component of the unknowns, up to ROWS."""
    names = [name for unknown in solution.problem.unknowns for name in unknown.components][:ROWS]
    figure = Figure(figsize=(13, 3.8 * len(names)), layout="constrained", dpi=120)
    parts = figure.subfigures(len(names), 1, squeeze=False)[:, 0]
    panels = {1: curves, 2: maps}.get(solution.problem.n_coords, sections)
    for column, (part, name) in enumerate(zip(parts, names)):
        panels(solution, part, column, name)
    return figure


def maps(solution: Solution, figure: Figure, column: int, name: str) -> None:
    """Truth, solution and error as maps over two coordinates: (t, x) or (x, y)."""
    timed = solution.problem.coordinates.interval is not None
    first, second, points = mesh(solution)
    values, truth = solution(points)[:, column], known(solution, points, column)
    inside = within(solution, points)
    values = values.where(inside, torch.nan)
    truth = None if truth is None else truth.where(inside, torch.nan)
    shown = [(f"{name}, solution", values, "viridis", limits(values, truth))]
    if truth is not None:
        shown.insert(0, (f"{name}, known", truth, "viridis", limits(values, truth)))
        error = (values - truth).abs()
        shown.append((f"|error| of {name}", error, "magma", limits(error, None)))
    for axes, (title, colour, palette, (low, high)) in zip(row(figure, len(shown)), shown):
        picture = axes.pcolormesh(
            array(first),
            array(second),
            array(colour.reshape(first.shape)),
            shading="gouraud" if inside.all() else "nearest",
            cmap=palette,
            vmin=low,
            vmax=high,
        )
        figure.colorbar(picture, ax=axes)
        names = solution.coordinate_names
        axes.set(title=title, xlabel=names[-1 if timed else 0], ylabel=names[0 if timed else 1])
        axes.set_aspect("auto" if timed else "equal")


def mesh(solution: Solution) -> tuple[Tensor, Tensor, Tensor]:
    """A mesh over two coordinates: horizontal and vertical places (MESH, MESH) and the points (MESH², 2)."""
    problem = solution.problem
    low, high = bounds(solution)
    like: Any = {"dtype": low.dtype, "device": low.device}
    ends = zip(low.tolist(), high.tolist())
    one, two = torch.meshgrid(*(torch.linspace(*end, MESH, **like) for end in ends), indexing="ij")
    if problem.coordinates.interval is not None:
        return two, one, torch.stack([one, two], dim=-1).reshape(-1, 2)
    if isinstance(problem.domain, Ball):  # radius and angle instead
        radius, angle = torch.meshgrid(
            torch.linspace(0, problem.domain.radius, MESH).to(low),
            torch.linspace(0, 2 * math.pi, MESH).to(low),
            indexing="ij",
        )
        middle = torch.tensor(problem.domain.center).to(low).expand(2)
        one, two = middle[0] + radius * angle.cos(), middle[1] + radius * angle.sin()
    return one, two, torch.stack([one, two], dim=-1).reshape(-1, 2)


def within(solution: Solution, points: Tensor) -> Tensor:
    """Which points (B, n_coords) lie in the domain; of a mesh all do, but for holes and corners that are cut out."""
    dim = solution.problem.dim
    solid = solution.problem.domain.solid(dim)
    depths = [depth_at(solid, x)[0] for x in points[:, :dim].tolist()]
    slack = 1e-5 * scale_of(solution.problem.domain, dim)
    return torch.tensor([depth >= -slack for depth in depths], device=points.device)


def curves(solution: Solution, figure: Figure, column: int, name: str) -> None:
    """Solution and truth over the one coordinate, the error, and the history."""
    low, high = bounds(solution)
    points = torch.linspace(low.item(), high.item(), 401, dtype=low.dtype, device=low.device)[:, None]
    values, truth = solution(points)[:, column], known(solution, points, column)
    axes = row(figure, 2 if truth is None else 3)
    x = array(points[:, 0])
    axes[0].plot(x, array(values), color=BLUE, label="solution")
    if truth is not None:
        axes[0].plot(x, array(truth), "--", color="black", label="truth")
        axes[1].semilogy(x, array((values - truth).abs()), color=ORANGE)
        axes[1].set(title=f"|error| of {name}", xlabel=solution.coordinate_names[0])
    axes[0].set(title=name, xlabel=solution.coordinate_names[0])
    axes[0].legend(framealpha=0.8, edgecolor="none")
    history(solution, axes[-1])


def sections(solution: Solution, figure: Figure, column: int, name: str) -> None:
    """Predicted against known values, the solution along a line through the domain, and the history."""
    points = some_points(solution, 400)
    truth = known(solution, points, column)
    axes = row(figure, 2 if truth is None else 3)
    if truth is not None:
        values = solution(points)[:, column]
        low, high = limits(values, truth)
        axes[0].plot([low, high], [low, high], color="black", linewidth=1, label="equal")
        axes[0].plot(array(truth), array(values), ".", color=BLUE, markersize=4, alpha=0.6, label="held-out points")
        axes[0].set(title=f"{name}, predicted against known", xlabel="known", ylabel="predicted")
        axes[0].legend(framealpha=0.8, edgecolor="none")
    line(solution, axes[-2], column, name)
    history(solution, axes[-1])


def line(solution: Solution, axes: Axes, column: int, name: str) -> None:
    """The solution from one point of the domain through its middle to the point opposite, at three times."""
    problem = solution.problem
    space = some_points(solution, 4000)[:, : problem.dim]
    middle, end = space.mean(dim=0), space[0]
    place = torch.linspace(-1, 1, 101).to(space)[:, None]
    path = middle + place * (end - middle)
    interval = problem.coordinates.interval
    times = [None] if interval is None else [interval[0], sum(interval) / 2, interval[1]]
    for time, colour in zip(times, (BLUE, GREEN, ORANGE)):
        points = path if time is None else torch.cat([path, torch.full_like(place, time)], dim=1)
        label = "solution" if time is None else f"t = {time:g}"
        axes.plot(array(place), array(solution(points)[:, column]), color=colour, label=label)
        if (truth := known(solution, points, column)) is not None:
            axes.plot(array(place), array(truth), "--", color=colour, linewidth=1.2)
    if truth is not None:
        axes.plot([], [], "--", color="black", label="known")
    axes.set(title=f"{name} on a line through the middle", xlabel="place on the line", xticks=[-1, -0.5, 0, 0.5, 1])
    axes.margins(y=0.3)  # room for the legend above the curves
    axes.legend(loc="upper center", ncols=2, framealpha=0.8, edgecolor="none")


def history(solution: Solution, axes: Axes) -> None:
    """The loss and its weighted terms over the steps, on a logarithmic scale."""
    steps = [progress.step for progress in solution.history]
    for term in solution.history[0].terms if steps else ():
        axes.plot(steps, [progress.terms[term] for progress in solution.history], linewidth=0.8, label=term)
    axes.plot(steps, [progress.loss for progress in solution.history], color="black", linewidth=1, label="loss")
    axes.set(title="loss and its unweighted terms", xlabel="step")
    if any(progress.loss > 0 for progress in solution.history):
        axes.set_yscale("log")
    axes.legend(framealpha=0.8, edgecolor="none")


def some_points(solution: Solution, n: int) -> Tensor:
    """Points (n, n_coords) of the domain, from a stream of their own."""
    like = next(solution.net.parameters())
    generator = stream(solution.options.seed, "picture", like.device)
    return solution.loss.points(n, generator=generator, device=like.device, dtype=like.dtype)


def bounds(solution: Solution) -> tuple[Tensor, Tensor]:
    """The ends (n_coords,) of every coordinate: of the domain, or where it has none, of points in it."""
    problem, points = solution.problem, some_points(solution, 4000)
    finite = points[points.isfinite().all(dim=1)]  # a law may lead further than the type of the numbers
    points = finite if len(finite) else torch.zeros_like(points[:1])
    low, high = points.amin(dim=0), points.amax(dim=0)
    for found, ends in zip((low, high), problem.domain.bounds(problem.dim)):
        own = torch.tensor(ends).to(found).expand(problem.dim)
        found[: problem.dim] = torch.where(own.isfinite(), own, found[: problem.dim])
    if problem.coordinates.interval is not None:
        low[-1], high[-1] = problem.coordinates.interval
    return low, high


def known(solution: Solution, points: Tensor, column: int) -> Tensor | None:
    """Exact or reference values (B,) of a component; None where no solution is known."""
    like = next(solution.net.parameters())
    generator = stream(solution.options.seed, "picture reference", like.device)
    samples = min(DRAWS, solution.options.reference_samples)
    with torch.no_grad():
        values = solution.loss.known(points, samples=samples, generator=generator)
    for unknown in solution.problem.unknowns:
        if unknown.name in values and 0 <= column - unknown.first < unknown.size:
            return values[unknown.name][0].reshape(len(points), -1)[:, column - unknown.first]
    return None


def row(figure: Figure, count: int) -> list[Axes]:
    return list(figure.subplots(1, count, squeeze=False)[0])


def limits(values: Tensor, truth: Tensor | None) -> tuple[float, float]:
    every = values if truth is None else torch.cat([values, truth])
    every = every[every.isfinite()]
    return every.min().item(), every.max().item()


def array(values: Tensor) -> NDArray[Any]:
    numbers: NDArray[Any] = values.detach().cpu().double().numpy()
    return numbers
