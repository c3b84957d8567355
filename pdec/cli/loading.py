"""What every command that takes a file does first: arguments, and the problem with its warnings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import pdec
from pdec.cli.flags import parameters
from pdec.options import Options

if TYPE_CHECKING:
    from pdec.problem import Problem

File = Annotated[Path, typer.Argument(metavar="FILE", help="a .pde file", exists=True, dir_okay=False, readable=True)]
Dim = Annotated[int | None, typer.Option("--dim", metavar="N", min=1, help="the dimension, instead of the file's")]
Param = Annotated[
    list[str] | None, typer.Option("--param", metavar="NAME=NUMBER", help="a parameter, instead of the file's value")
]


def load(file: Path, dim: int | None = None, param: list[str] | None = None) -> Problem:
    """The problem of a file; warnings go to standard error. Raises PdeError, OptionError, OSError."""
    problem = pdec.load(file, dim=dim, params=parameters(param or ()))
    from pdec.symbolic.analysis import analyse

    for warning in (*problem.warnings, *analyse(problem).warnings):
        typer.echo(warning.render(), err=True)
    return problem


def check_writable(folder: Path) -> None:
    """Make the folder where there is none. Raises OSError where nothing can be written in it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(13, "Permission denied", str(folder))


def warn_of_noise(problem: Problem, options: Mapping[str, Any] | Options) -> None:
    """Say on standard error which derivatives the method would drown in noise."""
    from pdec.compiler import options_for, warnings_for

    chosen = options if isinstance(options, Options) else options_for(problem, options)
    for warning in warnings_for(problem, chosen):
        typer.echo(warning.render(), err=True)


def warn_of_wrong_exact_solution(problem: Problem) -> None:
    """Say, on standard error, what the exact solution does not satisfy: errors measured against it mean little."""
    from pdec.symbolic.prove import prove, refutations

    for refutation in refutations(problem, prove(problem)):
        typer.echo(refutation.render(), err=True)
