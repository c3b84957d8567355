"""`pdec solve`: train, or go on with a training, measure, and leave the results in a folder."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from rich.console import Console

import pdec
from pdec.cli import report
from pdec.cli.flags import with_flags
from pdec.cli.loading import Dim, Param, check_writable, load, warn_of_noise, warn_of_wrong_exact_solution
from pdec.cli.signals import Interruption, interruptible
from pdec.options import FIELDS
from pdec.training import launch
from pdec.training.errors import TrainingError

if TYPE_CHECKING:
    from pdec.problem import Problem
    from pdec.training.checkpoint import Checkpoint
    from pdec.training.loop import Run
    from pdec.training.ranks import Ranks
    from pdec.training.solution import Solution


@with_flags(FIELDS)
def solve(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="a .pde file", exists=True, dir_okay=False, readable=True)
    ] = None,
    dim: Dim = None,
    param: Param = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="where the results go (default runs/<problem>)")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", metavar="DIR", help="go on with the run in DIR, from its checkpoint; FILE can be left away"
        ),
    ] = None,
    without_equations: Annotated[
        bool,
        typer.Option("--without-equations", help="train a second network by the conditions alone, to compare with"),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="print result.json, and nothing else, to standard output")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="no progress bar and no table")] = False,
    **options: Any,
) -> None:
    """Train a network on the problem, measure its errors, and leave both in a folder.

    An option that is not given is as the file's train block says, or else has the default shown; in a run that goes on,
    as it was. The first interrupt (or SIGTERM) ends the training after its step, and all is saved; the second, at once.
    Under torchrun the points are shared out to its processes.
    """
    if resume is None and file is None:
        raise typer.BadParameter("can be left away with --resume DIR only", param_hint="'FILE'")
    from pdec.training.ranks import joined

    with launch.heard(), interruptible(launched=launch.launched()) as interruption:
        try:
            with joined() as ranks:
                start = None if resume is None else checkpoint_of(resume, ranks)
                if start is not None:
                    home = Path(start.path).parent
                    param = param or [f"{name}={value!r}" for name, value in start.overrides.items()]
                    problem = load(file or home / "problem.pde", dim or start.dim, param)
                    folder = out or home
                else:
                    problem = load(cast(Path, file), dim, param)
                    folder = out or Path("runs") / problem.name
                if ranks.first:
                    check_writable(folder)  # before the training rather than after it
                resume = after_restart(problem, folder, start, options, ranks) or resume
                if resume is None and ranks.first:
                    keep_unfinished(folder)
                run = pdec.solve(problem, folder=folder, resume=resume, **options)
                warn_of_wrong_exact_solution(problem)
                warn_of_noise(problem, run.loss.options)
                train(run, interruption, quiet=quiet)
                if ranks.first:
                    finish(run, folder, interruption, without=without_equations, as_json=as_json, quiet=quiet)
                elif without_equations and not interruption.signal:
                    trained_without_equations(run)  # the first one cannot do it alone
        except KeyboardInterrupt:
            interruption.noticed()
            raise typer.Exit(report.complain(str(interruption), interruption.status)) from None
    raise typer.Exit(interruption.status)


def checkpoint_of(place: Path, ranks: Ranks) -> Checkpoint:
    """The checkpoint to go on from. Raises TrainingError, OSError."""
    from pdec.training.checkpoint import read

    return read(place, ranks)


def train(run: Run, interruption: Interruption, *, quiet: bool) -> None:
    """Make as many steps as there is time for."""
    with report.progress_bar(Console(stderr=True), run.steps, hidden=quiet) as show:
        interruption.gentle = run.stop
        try:
            while not run.done:
                show(run.advance())
        except KeyboardInterrupt:
            interruption.noticed()
            run.stop()
        if run.stopped_elsewhere:
            interruption.elsewhere()
        interruption.gentle = None
    for note in run.notes:
        typer.echo(f"pdec: note: {note}", err=True)
    if interruption.signal:
        run.save_checkpoint()
        what = f"{interruption} after {len(run.history)} steps; evaluating what was reached"
        report.complain(what, interruption.status)


def finish(run: Run, folder: Path, interruption: Interruption, *, without: bool, as_json: bool, quiet: bool) -> None:
    """Measure the errors, beside them those of the same training `without` the equations, and leave what was found."""
    try:
        solution = run.solution
    except KeyboardInterrupt:  # once more, or while the errors were measured
        interruption.noticed()
        run.unevaluated.save(folder)
        what = f"{interruption} before the errors were measured; the network is in {folder}"
        raise typer.Exit(report.complain(what, interruption.status)) from None
    if without and not interruption.signal:
        solution = compared(solution, trained_without_equations(run))
    leave(solution, folder, as_json=as_json, quiet=quiet)


def trained_without_equations(run: Run) -> Solution:
    """What the same training by the conditions alone gives."""
    from pdec.training import without_equations

    return without_equations(run)


def compared(solution: Solution, other: Solution) -> Solution:
    """The solution with one row more to compare with: the errors of the `other`, which was trained without the
    equations."""
    metrics = solution.metrics
    rows = {name: {**metrics.baselines[name], report.WITHOUT: own} for name, own in other.errors.items()}
    return replace(solution, metrics=replace(metrics, baselines=rows))


def leave(solution: Solution, folder: Path, *, as_json: bool, quiet: bool) -> None:
    """The results: in the folder, and on standard output."""
    solution.save(folder)
    from pdec.cli import plots  # matplotlib: a second that no other command should wait for

    plots.save(solution, folder / "solution.png")
    if as_json:
        typer.echo(json.dumps(solution.to_json(), indent=2, ensure_ascii=False))
    elif not quiet:
        Console().print(report.result_table(solution, folder))


def after_restart(
    problem: Problem, folder: Path, start: Checkpoint | None, options: dict[str, Any], ranks: Ranks
) -> Path | None:
    """Where a run goes on that torchrun has started anew with the same arguments: at the checkpoint that it left in
    its folder, if it came to that. None in a run that was not."""
    if not launch.restarts():
        return None
    from pdec.compiler import options_for
    from pdec.training.checkpoint import check_problem, continued, read

    wanted = options if start is None else continued(start.options, options).to_json()
    with contextlib.suppress(TrainingError, OSError):
        found = read(folder, ranks)
        check_problem(found, problem)
        if found.options == options_for(problem, wanted) and found.step >= (start.step if start else 0):
            return folder
    return None


def keep_unfinished(folder: Path) -> None:
    """Put the checkpoint of a run that was broken off out of the way of a new one, and say so. Raises OSError."""
    from pdec.training.checkpoint import CHECKPOINT, unfinished

    found = unfinished(folder)
    if found is None:
        return
    kept = next(path for k in range(1, 10**6) if not (path := folder / f"checkpoint-{k}.safetensors").exists())
    (folder / CHECKPOINT).rename(kept)
    what = (
        f"{folder} holds a run that ended at step {found.step} of {found.options.steps}: its checkpoint is now {kept}"
    )
    typer.echo(f"pdec: note: {what} (--resume {kept} goes on with it)", err=True)
