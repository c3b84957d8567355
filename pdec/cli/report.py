"""What the commands show: a progress bar while training, a table at the end, the explanation of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from pdec.explanation import Explanation
    from pdec.problem import Problem
    from pdec.training.history import Progress as Step
    from pdec.training.solution import Solution

WITHOUT = "trained without equations"
"""What the row of the same training by the conditions alone is called."""


def complain(message: str, status: int) -> int:
    """Say what is wrong, on standard error; gives back the exit status."""
    typer.echo(f"pdec: error: {message}", err=True)
    return status


@contextmanager
def progress_bar(console: Console, steps: int, *, hidden: bool) -> Iterator[Callable[[Step], None]]:
    """A bar with the time left and, under it, speed and losses; call what it gives with every step.

    Nothing is shown where `hidden`, or where the console is not a terminal.
    """
    if hidden or not console.is_terminal:
        yield lambda step: None
        return
    bar = Progress(TextColumn("training"), BarColumn(bar_width=32), MofNCompleteColumn(), TimeRemainingColumn())
    task = bar.add_task("training", total=steps)
    losses = Text()

    def show(step: Step) -> None:
        bar.update(task, completed=step.step)
        terms = "".join(f"  {name} {value:.2e}" for name, value in step.terms.items())
        terms += "".join(f"  {name} = {value:.4g}" for name, value in step.parameters.items())
        losses.plain = f"{step.step / step.seconds:.1f} steps/s  loss {step.loss:.2e}{terms}"

    with Live(Group(bar, losses), console=console, refresh_per_second=8):
        yield show


def result_table(solution: Solution, folder: Path) -> Table:
    """Errors, residuals, time and where the files are."""
    problem, options, metrics = solution.problem, solution.options, solution.metrics
    table = Table(
        title=f"{problem.name}, dimension {problem.dim}: {options.method}",
        box=box.SIMPLE_HEAD,
        show_header=False,
        title_style="bold",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True, style="bold")
    table.add_column(style="dim")
    where = f"{metrics.test_points} held-out points"
    for unknown, errors in metrics.errors.items():
        table.add_row(f"{unknown}: relative L1 error", percent(errors["l1"]), where)
        table.add_row(f"{unknown}: relative L2 error", percent(errors["l2"]), where)
        if unknown in metrics.gradients:
            table.add_row(f"{unknown}: gradient error (W1,1)", percent(metrics.gradients[unknown]), "in space")
        for norm, other in metrics.radial.get(unknown, {}).items():
            if norm in ("l1", "l2"):
                table.add_row(f"{unknown}: relative {norm.upper()} error", percent(other), "points of uniform radius")
        if "reference" in errors:
            draws = f"from {options.reference_samples} draws a point"
            table.add_row(f"{unknown}: standard error of the reference", percent(errors["reference"]), draws)
    for unknown, rows in metrics.baselines.items():
        for name, own in rows.items():
            table.add_row(f"{unknown}: {name}", percent(own["l1"]), f"to compare, L1; L2 {percent(own['l2'])}")
    for name, found in solution.parameter_reports.items():
        exact, error = found["exact"], found["error"]
        aside = f"from {found['start']:g}" if exact is None or error is None else f"exact {exact:.6g}"
        aside += f", {percent(error)} off" if error is not None and exact else ""
        table.add_row(f"{name}: found", f"{found['value']:.6g}", aside)
    for label, residual in metrics.residuals.items():
        where = f"{metrics.residual_points} held-out points" if residual is not None else "not computed"
        table.add_row(f"{label}: RMS residual", "" if residual is None else f"{residual:.3g}", where)
    table.add_row("training", f"{solution.seconds:.1f} s", f"{1000 * solution.seconds_per_step:.1f} ms a step")
    table.add_row("evaluation", f"{solution.evaluation_seconds:.1f} s", "")
    table.add_row("steps", str(len(solution.history)), f"of {options.steps + options.finish}")
    if options.method.startswith("stein") and options.accuracy is None:
        table.add_row("samples", str(options.samples_of("domain")), "network evaluations a point")
    table.add_row("files", "", str(folder))
    return table


def comparison(solutions: Mapping[str, Solution]) -> str:
    """A Markdown table: a row for each method, by name, and each unknown with a known solution; below them what needs
    no training, seen at the points of the first. Times by step."""
    columns = ("method", "unknown", "L1", "L2", "gradient", "RMS residual", "L1, uniform radius", "a step", "training")
    rows: list[list[str]] = [list(columns), ["---"] * len(columns)]
    for name, solution in solutions.items():
        residuals = [value for value in solution.residuals.values() if value is not None]
        worst = f"{max(residuals):.3g}" if residuals else ""
        times = [f"{1000 * solution.seconds_per_step:.3g} ms", f"{solution.seconds:.3g} s"]
        for unknown in solution.errors or {"": {}}:
            errors, metrics = solution.errors.get(unknown, {}), solution.metrics
            shares = [errors.get("l1"), errors.get("l2"), metrics.gradients.get(unknown)]
            inside = metrics.radial.get(unknown, {}).get("l1")
            rows.append([name, unknown, *map(_share, shares), worst, _share(inside), *times])
    first = next(iter(solutions.values()), None)
    for unknown, found in (first.metrics.baselines if first else {}).items():
        for name, own in found.items():
            rows.append([_cell(name), unknown, percent(own["l1"]), percent(own["l2"]), *[""] * 5])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _share(fraction: float | None) -> str:
    return "" if fraction is None else percent(fraction)


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return text.replace("|", "\\|")


def percent(fraction: float) -> str:
    """A fraction as a percentage of three digits."""
    return f"{100 * fraction:.3g} %"


def explain(console: Console, problem: Problem, explanation: Explanation) -> None:
    """The problem in words, every equation in normal form, and how each of its derivatives is computed."""
    interval = problem.coordinates.interval
    time = f", {problem.coordinates.time} in [{interval[0]:g}, {interval[1]:g}]" if interval else ""
    _headline(console, explanation.name, f"dimension {explanation.dim}, {explanation.domain}{time}")
    _headline(console, explanation.method, f"{explanation.summary}; network evaluations: {explanation.evaluations}")
    for name, words in explanation.given:
        _headline(console, name, words)
    for line in explanation.ansatz:
        _headline(console, "hard conditions", line)
    for equation in explanation.equations:
        console.print()
        kind = " ".join([equation.kind] * (equation.kind != equation.label) + [equation.where] * bool(equation.where))
        kind += ", " * bool(kind)
        words = f", {equation.kind_of_pde}: {equation.reason}" if equation.kind_of_pde else ""
        _headline(console, equation.label, f"{kind}order {equation.order}, {equation.linearity}{words}")
        console.print(Text(f"    {equation.text}"), soft_wrap=True)
        if equation.atoms:
            table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0))
            table.add_column("derivative", overflow="fold", min_width=10)
            table.add_column("written at", style="dim", no_wrap=True)
            table.add_column("how it is computed, and why", overflow="fold", min_width=20)
            for atom in equation.atoms:
                table.add_row(
                    Text(atom.text),
                    Text(_line(atom.place)),
                    Text.assemble(atom.lowering, (f"\n{atom.why}" * bool(atom.why), "dim")),
                )
            console.print(table)
    console.print()
    console.print(plan_table(explanation))
    if explanation.sigmas:
        time = f", {explanation.sigmas[1]:g} in time" if explanation.sigmas[1] != explanation.sigmas[0] else ""
        _headline(console, "sigma", f"{explanation.sigmas[0]:g}{time}")
    _headline(console, "deviation", "expected, relative to the norm of all derivatives of that order")
    _headline(console, "step", f"{explanation.step:.3g} supervised steps, {_bytes(explanation.bytes)} expected")


def plan_table(explanation: Explanation) -> Table:
    """Every derivative with its estimator, what it costs and how noisy it is expected to be."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), title="plan", title_style="bold", title_justify="left")
    table.add_column("derivative", overflow="fold", min_width=10)
    table.add_column("estimator, and why", overflow="fold", min_width=20)
    for heading in ("evaluations", "deviation", "memory"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in explanation.rows:
        table.add_row(
            Text.assemble(row.text, (f"\nin {row.point_set}", "dim")),
            Text.assemble(row.estimator, (f"\n{row.why}" * bool(row.why), "dim")),
            "shared" if row.shared else str(row.evaluations),
            percent(row.deviation) if row.deviation else "0",
            "" if row.shared else _bytes(row.bytes),
        )
    return table


def _bytes(count: float) -> str:
    return f"{count / 2**20:.3g} MiB" if count < 2**30 else f"{count / 2**30:.3g} GiB"


def _line(place: str) -> str:
    """`line 8:28` for `file:8:28`: all are in one file, whose path would take the room of the other columns."""
    return "line " + ":".join(place.rsplit(":", 2)[1:]) if place else ""


def _headline(console: Console, name: str, words: str) -> None:
    console.print(Text.assemble((name, "bold"), f": {words}"), soft_wrap=True)
