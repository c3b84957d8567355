"""The compiler on one screen: every stage, what goes in and what comes out.

text ──parse──▶ File ──assemble──▶ Problem ──plan──▶ Plan ──module_source──▶ text of a torch module ──▶ Loss
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdec.diagnostics import Diagnostic, Source
from pdec.language.parser import parse
from pdec.language.silence import silence
from pdec.options import OptionError, Options, with_changes
from pdec.problem import Problem
from pdec.symbolic.assemble import assemble

if TYPE_CHECKING:
    from pdec.loss import Loss


def load(path: str | Path, dim: int | None = None, params: Mapping[str, float] | None = None) -> Problem:
    """The problem in a `.pde` file, for `dim` and `params` in place of the file's own.

    Raises PdeError for what is wrong with the text, OptionError for a dimension or parameter that it does not have,
    OSError where the file cannot be read.
    """
    path = Path(path)
    text = path.read_bytes().decode("utf-8", errors="replace")
    return loads(text, dim=dim, params=params, name=str(path), folder=path.parent)


def loads(
    text: str,
    dim: int | None = None,
    params: Mapping[str, float] | None = None,
    name: str = "<string>",
    folder: str | Path = ".",
) -> Problem:
    """The problem that `text` states; messages call the text `name`, and data files are looked for in `folder`.

    Raises as `load` does, but PdeError too for a data file that cannot be read.
    """
    if dim is not None and (isinstance(dim, bool) or not isinstance(dim, int) or dim < 1):
        raise OptionError(f"a dimension is a whole number from 1 on, not {dim!r}")
    source = Source(name, text, str(folder))
    return assemble(parse(source), source, dim, params)


def options_for(problem: Problem, changes: Mapping[str, Any]) -> Options:
    """The table's defaults, with the file's settings and then `changes` applied, and what these leave open chosen.

    Raises OptionError; PdeError where no method can compute what `auto` is to choose one for.
    """
    from pdec.choice import settled

    options = with_changes(with_changes(Options(), problem.settings), changes)
    known = {"", *problem.point_sets}
    labels = {equation.label for equation in problem.equations}
    for name, entries, allowed in (("points", options.points, known), ("weight", options.weight, known | labels)):
        for key in entries:
            if key not in allowed:
                raise OptionError(
                    f"`{name}`: there is no condition `{key}`; there are {', '.join(sorted(allowed - {''}))}"
                )
    return settled(problem, options)


def generate(problem: Problem, options: Options) -> str:
    """The text of the module that computes the loss of `problem`. Imports no torch.

    Raises OptionError for a method that does not exist, PdeError for a derivative that it cannot compute.
    """
    from pdec.codegen.module import module_source
    from pdec.plan import plan

    return module_source(problem, plan(problem, options), options)


def warnings_for(problem: Problem, options: Options) -> tuple[Diagnostic, ...]:
    """What speaks against computing `problem` in the way that `options` say, though it can be done."""
    from pdec.plan import network_warnings, noise_warnings, plan

    found = (*noise_warnings(problem, plan(problem, options), options), *network_warnings(problem, options))
    return silence(problem.source).kept(found)


def compile(problem: Problem, **changes: Any) -> Loss:
    """The loss of `problem` as a callable; `changes` are options such as `method`, `sigma`, `samples`.

    Raises as `options_for` and `generate` do.
    """
    from pdec.loss import Loss

    options = options_for(problem, changes)
    return Loss(problem, options, generate(problem, options))
