"""`pdec bench`: the methods compared on one problem, as a table, a picture and a file of numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from pdec.cli.flags import with_flags
from pdec.cli.loading import Dim, Param, check_writable, load
from pdec.options import FIELDS
from pdec.training.files import write_atomically

if TYPE_CHECKING:
    from pdec.bench.cases import Row
    from pdec.bench.results import Bench
    from pdec.bench.spread import Spread

Maybe = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="a .pde file", exists=True, dir_okay=False, readable=True)
]
CASES = {
    "heat": "the paper's heat equation, its network and points",
    "laplacian": "errors of Laplacians by the number of evaluations",
    "by-hand": "generated code beside the same computation written by hand",
}
OPTIONS = [name for name in FIELDS if name not in ("method", "steps")]


@with_flags(OPTIONS)
def bench(
    file: Maybe = None,
    dim: Dim = None,
    param: Param = None,
    methods: Annotated[
        str, typer.Option("--methods", metavar="NAME[:K],…", help="what takes part, with K samples (default: all)")
    ] = "",
    repeats: Annotated[int, typer.Option("--repeats", metavar="R", min=1, help="timings, of which the median")] = 9,
    draws: Annotated[int, typer.Option("--draws", metavar="M", min=3, help="draws for spread and bias")] = 100,
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", min=1, help="computing time for everything")] = 60,
    train: Annotated[int, typer.Option("--train", metavar="STEPS", min=0, help="train by each method as well")] = 0,
    to_error: Annotated[
        float | None, typer.Option("--to-error", metavar="E", help="say when the relative L2 error of training is E")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="where the results go (default runs/<problem>-bench)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print bench.json, and nothing else")] = False,
    case: Annotated[
        str | None, typer.Option("--case", metavar="|".join(CASES), help="a comparison that needs no file")
    ] = None,
    **options: Any,
) -> None:
    """Compare methods on a problem: the cost of a training step, memory, spread and bias at the initial network.

    Costs are multiples of a supervised regression step with the same network, optimiser and number of points.
    """
    if to_error is not None and not train:
        raise typer.BadParameter("needs --train STEPS", param_hint="'--to-error'")
    if case is not None and case not in CASES:
        raise typer.BadParameter(f"is one of {', '.join(CASES)}, not `{case}`", param_hint="'--case'")
    if (file is None) == (case is None):
        raise typer.BadParameter("give a file, or --case, and not both", param_hint="'FILE'")
    from pdec.bench.run import bench as compare
    from pdec.bench.run import check_methods

    chosen = [name.strip() for name in methods.split(",") if name.strip()]
    check_methods(chosen)
    if case == "laplacian":
        laplacian_case(chosen, dim, options, out, as_json)
        return
    if case == "by-hand":
        if chosen or options:
            raise typer.BadParameter("the case takes --dim, --repeats and --out alone", param_hint="'--case'")
        by_hand_case(dim, repeats, out, as_json)
        return
    if file is None:
        from pdec.bench import cases

        problem, chosen = cases.heat_problem(dim), chosen or list(cases.heat_methods())
        options = {**cases.HEAT_OPTIONS, **options}
    else:
        problem = load(file, dim, param)
    folder = out or Path("runs") / f"{problem.name}-bench"
    check_writable(folder)
    with progress_bar(Console(stderr=True), hidden=as_json) as watch:
        found = compare(
            problem,
            chosen,
            repeats=repeats,
            draws=draws,
            seconds=seconds,
            train=train,
            to_error=to_error,
            watch=watch,
            **options,
        )
    text = json.dumps(found.to_json(), indent=2, ensure_ascii=False)
    write_atomically(folder / "bench.json", text + "\n")

    from pdec.cli import bench_plot  # matplotlib

    bench_plot.save(found, folder / "bench.png")
    if as_json:
        typer.echo(text)
    else:
        show(Console(), found, folder)


def laplacian_case(
    methods: list[str], dim: int | None, options: dict[str, Any], out: Path | None, as_json: bool
) -> None:
    """Compare Laplacians of functions whose own is known."""
    from pdec.bench import cases

    chosen = {**options, **({} if dim is None else {"dim": dim})}
    if unused := chosen.keys() - {"sigma", "dtype", "dim"}:
        names = ", ".join(f"--{name}" for name in sorted(unused))
        raise typer.BadParameter(
            f"the case takes --methods, --dim, --sigma and --dtype, not {names}", param_hint="'--case'"
        )
    given: dict[str, Any] = {f"{name}s": (value,) for name, value in chosen.items()}
    folder = out or Path("runs") / "laplacian-bench"
    check_writable(folder)
    with progress_bar(Console(stderr=True), hidden=as_json) as watch:
        rows = cases.laplacians([name.partition(":")[0] for name in methods], watch=watch, **given)
    text = json.dumps({"case": "laplacian", "rows": [asdict(row) for row in rows]}, indent=2)
    write_atomically(folder / "bench.json", text + "\n")
    if as_json:
        typer.echo(text)
    else:
        laplacian_tables(Console(), rows, cases.SHOWN, cases.needed)
        Console().print(f"files: {folder}", style="dim", soft_wrap=True)


def by_hand_case(dim: int | None, repeats: int, out: Path | None, as_json: bool) -> None:
    """Compare generated code with code that was written by hand."""
    from pdec.bench.by_hand import beside

    folder = out or Path("runs") / "by-hand-bench"
    check_writable(folder)
    with progress_bar(Console(stderr=True), hidden=as_json) as watch:
        rows = beside(repeats=repeats, dim=dim or 100, watch=watch)
    text = json.dumps({"case": "by-hand", "rows": [asdict(row) for row in rows]}, indent=2)
    write_atomically(folder / "bench.json", text + "\n")
    if as_json:
        typer.echo(text)
        return
    console = Console()
    console.print("a loss and its gradient, 50 points a set, width 32: generated code as a multiple of code by hand")
    table = empty("samples", "generated", "by hand", "ratio", "quartiles")
    for row in rows:
        times = (f"{1000 * seconds:.3g} ms" for seconds in (row.generated, row.by_hand))
        quartiles = f"{row.low:.3g}–{row.high:.3g}"
        table.add_row(row.method, str(row.samples), *times, f"{row.ratio:.3g}", quartiles)
    console.print(table)
    console.print(f"files: {folder}", style="dim", soft_wrap=True)


def laplacian_tables(
    console: Console, rows: list[Row], shown: Sequence[int], needed: Callable[[list[Row]], float | None]
) -> None:
    """One table a function, precision and smoothing: evaluations for the paper's error, and errors by samples."""
    for key, group in groupby(rows, key=lambda row: (row.function, row.dim, row.dtype, row.sigma)):
        function, dim, dtype, sigma = key
        found = list(group)
        paper = found[0].paper
        console.print(f"{function}, dimension {dim}, {dtype}, sigma {sigma:g}", style="bold")
        console.print(
            f"evaluations for the error {paper:.3g} of stein-antithetic with 2048; error by samples", soft_wrap=True
        )
        table = empty("evaluations", "1 in", *map(str, shown))
        for method, own in groupby(found, key=lambda row: row.method):
            mine = list(own)
            count = needed(mine)
            fewer = ("–", "–") if count is None else (f"{count:.3g}", f"{2048 / count:.3g}")
            table.add_row(method, *fewer, *(f"{row.rmse:.2g}" for row in mine if row.samples in shown))
        console.print(table)


@contextmanager
def progress_bar(console: Console, *, hidden: bool) -> Iterator[Callable[[str, float, float], None]]:
    """A bar with the time left; call what it gives with what is done, the seconds done, and those in all."""
    if hidden or not console.is_terminal:
        yield lambda what, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=32), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total or None)


def show(console: Console, found: Bench, folder: Path) -> None:
    """The tables: what was measured, what was not and why, and what training gave."""
    points = sum(found.points.values())
    console.print(
        f"{found.problem}, dimension {found.dim}: {points} points, {found.parameters} parameters", style="bold"
    )
    unit = f"{1000 * found.supervised_seconds:.3g} ms, {size(found.supervised_bytes)}"
    if found.supervised_onednn_seconds is not None:
        unit += f"; {1000 * found.supervised_onednn_seconds:.3g} ms by oneDNN, as large products of the methods"
    console.print(f"a training step as a multiple of a supervised one on as many points ({unit})", soft_wrap=True)
    console.print(cost_table(found))
    against = f"exact value ({found.reference})" if found.reference else "mean: no exact value could be had"
    console.print(f"standard deviation of one draw, and bias, as fractions of the {against}", soft_wrap=True)
    console.print(spread_table(found))
    for result in found.results:
        if result.reason:
            console.print(f"{result.name}: {result.reason}", soft_wrap=True)
    if any(result.trained for result in found.results):
        console.print(training_table(found))
    console.print(f"files: {folder}", style="dim", soft_wrap=True)


def cost_table(found: Bench) -> Table:
    """What a step costs: one row a method that could be measured."""
    rows = empty("evaluations", "time", "quartiles", "memory")
    for result in found.results:
        if cost := result.cost:
            evaluations, memory = (f"{value or 0:.4g}" for value in (result.evaluations, result.memory))
            rows.add_row(result.name, evaluations, f"{cost.median:.3g}", f"{cost.low:.3g}–{cost.high:.3g}", memory)
    return rows


def spread_table(found: Bench) -> Table:
    """How far numbers spread: one row a method."""
    rows = empty("residual", "bias", "loss", "bias", "gradient", "bias")
    for result in found.results:
        if result.loss:
            spreads = (result.residual, result.loss, result.gradient)
            rows.add_row(result.name, *(text for spread in spreads for text in relative(spread)))
    return rows


def size(count: float) -> str:
    """Bytes in words."""
    return f"{count / 2**20:.3g} MiB"


def empty(*headings: str) -> Table:
    """A table without rows, of methods."""
    rows = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    rows.add_column("method", no_wrap=True)
    for heading in headings:
        rows.add_column(heading, justify="right", no_wrap=True)
    return rows


def relative(spread: Spread | None) -> tuple[str, str]:
    """Standard deviation and bias, as fractions of the size; a bias that noise hides as a bound."""
    if spread is None or not spread.scale:
        return "", ""
    std = f"{spread.std / spread.scale:.2g}"
    if spread.bias is None or spread.bias_error is None:
        return std, ""
    bias, error = abs(spread.bias) / spread.scale, spread.bias_error / spread.scale
    return std, f"{bias:.2g}" if spread.biased else f"<{max(2 * error, bias):.1g}"


def training_table(found: Bench) -> Table:
    """What training by each method came to."""
    rows = empty("steps", "seconds", "L2 error", "RMS residual", "to error")
    for result in found.results:
        trained = result.trained
        if trained is None:
            continue
        rows.add_row(
            result.name,
            str(trained.steps),
            f"{trained.seconds:.3g}",
            ", ".join(f"{name} {error['l2']:.3g}" for name, error in trained.errors.items()),
            ", ".join("" if value is None else f"{value:.3g}" for value in trained.residuals.values()),
            f"{trained.reached[1]:.3g} s, step {trained.reached[0]}" if trained.reached else "",
        )
    return rows
