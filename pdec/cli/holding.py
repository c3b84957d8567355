"""`pdec eval`, `plot`, `export`: what one does with a run that is over; `compare`: several methods on one problem."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

import pdec
from pdec import sheets
from pdec.cli import report
from pdec.cli.flags import with_flags
from pdec.cli.loading import Dim, File, Param, check_writable, load
from pdec.options import FIELDS, OptionError
from pdec.training.files import write_atomically

if TYPE_CHECKING:
    from pdec.training.solution import Solution

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="the folder of a run", exists=True, file_okay=False)]
Net = Annotated[
    str | None, typer.Option("--net", metavar="MODULE:FACTORY", help="the network, where it is one of your own")
]


def evaluate(
    run: RunFolder,
    points: Annotated[
        Path,
        typer.Argument(
            metavar="POINTS", help="a CSV file with a column for each coordinate", exists=True, dir_okay=False
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="OUT", help="where it goes; - for standard output")
    ] = Path("-"),
    grad: Annotated[bool, typer.Option("--grad", help="derivatives by every coordinate too, such as u_x1")] = False,
    net: Net = None,
) -> None:
    """Evaluate the solution of a run: the points of a CSV file with the values of the unknowns beside them."""
    solution = pdec.open(run, net=net)
    names = solution.coordinate_names
    try:
        sheet = sheets.read(points.name, str(points.parent))
    except sheets.SheetError as error:
        raise OptionError(f"{error.message}{f'; {error.hint}' if error.hint else ''}") from error
    missing = [name for name in names if name not in sheet.names]
    if missing:
        wanted = names if len(names) < 8 else (*names[:3], "…", names[-1])
        raise OptionError(f"{points} has no column {missing[0]}; the coordinates are {', '.join(wanted)}")
    places = sheet.rows([sheet.names.index(name) for name in names])
    components = [name for unknown in solution.problem.unknowns for name in unknown.components]
    values = solution(places).tolist()
    if grad:
        values = [[*value, *slopes] for value, slopes in zip(values, solution.grad(places).flatten(1).tolist())]
        components += [f"{component}_{name}" for component in components for name in names]
    rows = [[*names, *components], *([*place, *value] for place, value in zip(places, values))]
    if out == Path("-"):
        csv.writer(sys.stdout, lineterminator="\n").writerows(rows)
    else:
        write_atomically(out, "".join(",".join(map(str, row)) + "\n" for row in rows))


def plot(
    run: RunFolder,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="the picture (default RUN/solution.png)")
    ] = None,
    net: Net = None,
) -> None:
    """Draw the picture of a run again."""
    from pdec.cli import plots  # matplotlib

    plots.save(pdec.open(run, net=net), out or run / "solution.png")


def export(
    run: RunFolder,
    kind: Annotated[str, typer.Option("--format", metavar="torch|onnx", help="what to write")] = "torch",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="the file (default RUN/solution.pt2 or .onnx)")
    ] = None,
    net: Net = None,
) -> None:
    """Write the solution as one file that needs no pdec: points (B, coordinates) in, unknowns (B, components) out.

    A `torch` file is an exported program, read by `torch.export.load`; `onnx` needs the packages onnx and onnxscript.
    """
    from pdec.training.export import export as exported

    content = exported(pdec.open(run, net=net), kind)
    target = out or run / {"torch": "solution.pt2"}.get(kind, f"solution.{kind}")
    write_atomically(target, content)
    typer.echo(f"{target}: {len(content)} bytes")


@with_flags([name for name in FIELDS if name != "method"])
def compare(
    file: File,
    dim: Dim = None,
    param: Param = None,
    methods: Annotated[
        str, typer.Option("--methods", metavar="NAME[:K],…", help="what is compared, with K samples")
    ] = "stein-antithetic,stein-chi:16,autograd",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="where the runs go (default runs/<problem>-compare)")
    ] = None,
    without: Annotated[
        bool, typer.Option("--without-equations", help="train by the conditions alone as well, to compare with")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print compare.json, and nothing else")] = False,
    **options: Any,
) -> None:
    """Train by several methods, one after the other and otherwise alike, and print their errors as a Markdown table,
    beside those of what needs no training."""
    from pdec.bench.entrant import method_options
    from pdec.estimators import LOWERINGS
    from pdec.training import without_equations

    problem = load(file, dim, param)
    folder = out or Path("runs") / f"{problem.name}-compare"
    check_writable(folder)
    chosen = {text: method_options(text, tuple(LOWERINGS)) for text in map(str.strip, methods.split(",")) if text}
    found: dict[str, Solution] = {}
    for text, own in chosen.items():
        run = pdec.solve(problem, folder=folder / text.replace(":", "-"), **{**options, **own})
        with report.progress_bar(Console(stderr=True), run.steps, hidden=as_json) as show:
            for step in run:
                show(step)
        found[text] = run.solution
        found[text].save(folder / text.replace(":", "-"))
    if without and found:
        found[report.WITHOUT] = without_equations(run)
    data = {text: solution.to_json() for text, solution in found.items()}
    table = report.comparison(found)
    write_atomically(folder / "compare.json", json.dumps(data, indent=2, ensure_ascii=False) + "\n")
    write_atomically(folder / "compare.md", table)
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else table, nl=as_json)
