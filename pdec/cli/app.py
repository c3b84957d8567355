"""The command line. Only the commands that train or hold a run load torch.

Exit status: 0; 1 for what is wrong with a file or a run; 2 for wrong usage; 130 after an interrupt, 143 after SIGTERM.
"""

from __future__ import annotations

import atexit
import gc
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.console import Console

import pdec
from pdec.cli import authoring, benching, holding, report, solving
from pdec.cli.flags import LOSS_OPTIONS, parameters, with_flags
from pdec.cli.loading import Dim, File, Param, load, warn_of_noise
from pdec.diagnostics import PdeError
from pdec.options import OptionError
from pdec.training import launch
from pdec.training.errors import LostError, NotFiniteError, TrainingError
from pdec.training.files import write_atomically

# what Typer raises for wrong usage is not among its public names, but it is what BadParameter is made from
UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__base__)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help=".pde files", exists=True, dir_okay=False, readable=True)
]

BEYOND = ("without overflow", "invalid multinomial distribution")
"""What torch says where a number in a constant, or the measure of a part of the boundary, is infinite in its type."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status. Every error that a user can make ends as a line here."""
    try:
        status = app(args=arguments, prog_name="pdec", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except UsageError as error:
        return _same_in_all(f"{error.format_message()} (see `pdec --help`)", 2)
    except OptionError as error:
        return _same_in_all(str(error), 2)
    except PdeError as error:
        with launch.heard():
            typer.echo(str(error), err=True)
        return 1
    except (NotFiniteError, LostError) as error:
        return _same_in_all(str(error), 1)
    except TrainingError as error:
        return report.complain(str(error), 1)
    except (RuntimeError, MemoryError) as error:
        text = str(error)
        if "memory" in text:
            return report.complain(f"not enough memory; try fewer --samples or --points ({text.splitlines()[0]})", 1)
        if any(words in text for words in BEYOND):
            what = f"a number of this problem is beyond the type of its numbers ({text.splitlines()[0]})"
            return report.complain(f"{what}; float64 (--dtype) holds up to 1e308, float32 up to 3e38", 1)
        raise
    except OSError as error:
        return report.complain(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)
    except (KeyboardInterrupt, typer.Abort):
        return _same_in_all("interrupted", 130)


def run() -> int:
    """The command line as a program: `main`, and its own end for one of several processes."""
    # SymPy makes very many objects that stay, and need not be looked through: not while they are made, and not at the
    # end of the process, which alone is an eighth of the time of `check`
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
    status = main()
    if launch.size() > 1:
        launch.leave(status)
    return status


def _same_in_all(message: str, status: int) -> int:
    """Say what every process of a launcher finds wrong: in one of them."""
    with launch.heard():
        return report.complain(message, status)


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pdec {pdec.__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="print the version and stop", is_eager=True, callback=show_version)
    ] = False,
) -> None:
    """Compile and solve partial differential equations written in .pde files."""


app.command()(authoring.new)


@app.command()
def check(
    files: Files,
    dim: Dim = None,
    param: Param = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODE[,CODE]", help="a warning to leave away, such as W401")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="a warning fails as an error does")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object, and nothing else")] = False,
) -> None:
    """Check files: every error and warning with its place, and whether the exact solution solves the problem."""
    from pdec.cli import checking

    reports = checking.reports(files, dim, parameters(param or ()), ignore or ())
    if as_json:
        found = list(reports)
        typer.echo(checking.as_json(found, strict))
    else:
        found = []
        for each in reports:  # each file as soon as it is looked at
            found.append(each)
            for diagnostic in each.diagnostics:
                typer.echo(diagnostic.render(), err=True)
            for line in each.lines():
                typer.echo(line)
    raise typer.Exit(0 if all(each.passes(strict) for each in found) else 1)


app.command()(authoring.fmt)


@app.command()
@with_flags(LOSS_OPTIONS)
def explain(
    what: Annotated[str, typer.Argument(metavar="FILE|CODE", help="a .pde file, or the code of a message: E104")],
    dim: Dim = None,
    param: Param = None,
    latex: Annotated[bool, typer.Option("--latex", help="print the problem as LaTeX instead")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object, and nothing else")] = False,
    **options: Any,
) -> None:
    """Show equations in normal form, their type, and how each derivative is computed; or what a code means."""
    if authoring.is_code(what):
        typer.echo(authoring.about_code(what))
        return
    problem = load(authoring.existing(what, "FILE|CODE"), dim, param)
    if latex:
        from pdec.symbolic.latex import problem_latex

        typer.echo(problem_latex(problem))
        return
    warn_of_noise(problem, options)
    explanation = pdec.explain(problem, **options)
    if as_json:
        from pdec.explanation import as_data

        typer.echo(json.dumps(as_data(problem, explanation), indent=2, ensure_ascii=False))
    else:
        report.explain(Console(), problem, explanation)


@app.command(name="compile")
@with_flags(LOSS_OPTIONS)
def compile_(
    file: File,
    dim: Dim = None,
    param: Param = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="OUT", help="where the module goes; - for standard output")
    ] = Path("-"),
    **options: Any,
) -> None:
    """Write the loss as a Python module that needs torch alone."""
    from pdec.codegen.files import files_beside
    from pdec.compiler import generate, options_for

    problem = load(file, dim, param)
    warn_of_noise(problem, options)
    source = generate(problem, options_for(problem, options))
    if out == Path("-"):
        typer.echo(source, nl=False)
    else:
        write_atomically(out, source)
        for sheet in files_beside(problem):
            typer.echo(f"{out} reads {sheet.file} from its own folder: it must lie there too", err=True)


app.command()(solving.solve)
app.command(name="eval")(holding.evaluate)
app.command()(holding.plot)
app.command()(holding.export)
app.command()(holding.compare)
app.command()(benching.bench)
