"""The picture of a comparison: what a step costs against how far its numbers spread, one marker a method."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from pdec.cli.plots import BLUE, GREEN, ORANGE
from pdec.training.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pdec.bench.results import Bench, Result
    from pdec.bench.spread import Spread

MARKERS = "osD^vP*Xph<>"
COLOURS = (BLUE, ORANGE, GREEN, "#cc79a7", "#e69f00", "#56b4e9", "black")
PANELS: tuple[tuple[str, Callable[[Result], Spread | None]], ...] = (
    ("residual", lambda result: result.residual),
    ("loss", lambda result: result.loss),
    ("gradient of the loss", lambda result: result.gradient),
)


def save(found: Bench, path: Path) -> None:
    """Write the picture as a PNG file, whole or not at all. Raises OSError."""
    data = io.BytesIO()
    FigureCanvasAgg(draw(found)).print_png(data)
    write_atomically(path, data.getvalue())


def draw(found: Bench) -> Figure:
    """A panel each for the residual, the loss and its gradient."""
    figure = Figure(figsize=(13, 4.4), layout="constrained", dpi=120)
    panels = figure.subplots(1, len(PANELS), squeeze=False)[0]
    for axes, (name, spread_of) in zip(panels, PANELS):
        panel(axes, found, spread_of)
        axes.set(title=name, xlabel="cost of a step / supervised step")
    panels[0].set_ylabel("standard deviation / exact value" if found.reference else "standard deviation / mean")
    handles, labels = panels[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside right upper", frameon=False)
    figure.suptitle(f"{found.problem}, dimension {found.dim}")
    return figure


def panel(axes: Axes, found: Bench, spread_of: Callable[[Result], Spread | None]) -> None:
    """Markers at (cost, relative standard deviation) with the quartiles of the cost; those without noise, which a
    logarithmic scale cannot show, stand hollow on the lower edge."""
    places = []
    for k, result in enumerate(found.results):
        spread = spread_of(result)
        if result.cost is not None and spread is not None and spread.scale:
            places.append((k, result, spread.std / spread.scale))
    floor = min((height for _, _, height in places if height > 0), default=1.0) / 10
    for k, result, height in places:
        cost = result.cost
        assert cost is not None
        colour = COLOURS[k % len(COLOURS)]
        axes.errorbar(
            cost.median,
            height or floor,
            xerr=[[cost.median - cost.low], [cost.high - cost.median]],
            fmt=MARKERS[k % len(MARKERS)],
            color=colour,
            markerfacecolor=colour if height else "white",
            label=result.name if height else f"{result.name} (no noise)",
            linewidth=0.8,
            markersize=8,
            clip_on=False,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(LogFormatter())  # 7 and 8, not 7 × 10⁰
    axes.xaxis.set_minor_formatter(LogFormatter(minor_thresholds=(2, 0.5)))
    if places:
        axes.set_ylim(bottom=floor)
    axes.grid(alpha=0.3, linewidth=0.5)
