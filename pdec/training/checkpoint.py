"""Checkpoints: everything that a run needs to go on as if it had never stopped, in one file that is whole or not there.

A file holds the state of the run (network, optimiser, streams of random numbers, history) and says what it is of: the
digest of the problem, dimension, parameters, options.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdec.options import FIELDS, OptionError, Options, with_changes
from pdec.problem import Problem
from pdec.training.errors import TrainingError
from pdec.training.files import write_atomically
from pdec.training.packing import PackingError, pack, unpack
from pdec.training.ranks import Ranks

CHECKPOINT = "checkpoint.safetensors"
FAILURE = "failure.safetensors"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a file holds: `state`, as `Run.state` gives it, `step` steps into training by `options`.

    The problem called `name` is told from others by `digest`, `dim` and `overrides`, the parameters that were given in
    place of the file's."""

    state: Mapping[str, Any]
    step: int
    options: Options
    name: str
    digest: str
    dim: int
    overrides: Mapping[str, float]
    path: str


def dumps(state: Mapping[str, Any], problem: Problem, options: Options, step: int) -> bytes:
    """The bytes of a checkpoint."""
    about = {
        "step": step,
        "options": options.to_json(),
        "problem": problem.name,
        "digest": digest(problem),
        "dim": problem.dim,
        "overrides": dict(problem.overrides),
    }
    return pack(state, about)


def loads(data: bytes, path: str = "") -> Checkpoint:
    """The checkpoint in `data`, which came from `path`. Raises TrainingError for anything but a whole checkpoint."""
    try:
        state, about = unpack(data)
        # a run that an older pdec began goes on by what it had
        options = with_changes(Options(), {"products": "blas", **about["options"]})
    except (PackingError, OptionError) as error:
        raise TrainingError(f"{path} cannot be continued: it is {error}") from error
    given = {name: about[name] for name in ("step", "digest", "dim", "overrides")}
    return Checkpoint(state, options=options, name=about["problem"], path=path, **given)


def write(path: Path, data: bytes) -> None:
    """Leave a checkpoint as a file. Raises OSError; the file that was there is then as it was."""
    write_atomically(path, data)


def read(place: str | Path, ranks: Ranks | None = None) -> Checkpoint:
    """The checkpoint of a run: `place` is its folder or the file itself. Of several `ranks` the first one reads it for
    all. Raises TrainingError, OSError."""
    path = Path(place)
    if path.is_dir():
        path = path / CHECKPOINT

    def source() -> bytes:
        if path != Path(place) and not path.exists():
            raise TrainingError(f"there is no {CHECKPOINT} in {place}: nothing to continue")
        return path.read_bytes()

    return loads((ranks or Ranks()).read(source), str(path))


def unfinished(folder: Path) -> Checkpoint | None:
    """The checkpoint in a folder, where one is there that has steps left to make; None where nothing can be read."""
    try:
        found = read(folder)
    except (TrainingError, OSError):
        return None
    return found if 0 < found.step < found.options.steps + found.options.finish else None


def check_problem(found: Checkpoint, problem: Problem) -> None:
    """Raise TrainingError where `found` is not of this problem: another text, data file, dimension or parameter."""
    if found.digest != digest(problem) and found.name != problem.name:
        raise TrainingError(f"{found.path} is of the problem {found.name}, not {problem.name}")
    if found.digest != digest(problem):
        raise TrainingError(
            f"{problem.source.name} or its data is not what {found.path} was trained on; "
            f"continue with the problem.pde that lies beside it, or start anew in another folder"
        )
    if found.dim != problem.dim:
        raise TrainingError(f"{found.path} is of dimension {found.dim}, not {problem.dim}")
    if dict(found.overrides) != dict(problem.overrides):
        raise TrainingError(f"{found.path} has other parameters: {_listed(found.overrides)}")


def continued(found: Options, changes: Mapping[str, Any]) -> Options:
    """The options of a run that goes on, with `changes`.

    Raises OptionError for one that cannot change, and for a network of one's own that is not named again: a file does
    not choose what code runs."""
    if found.net is not None and changes.get("net") is None:
        raise OptionError(f"this run was made with a network of your own: give --net {found.net} again")
    options = with_changes(found, changes)
    for name, field in FIELDS.items():
        before, now = getattr(found, name), getattr(options, name)
        if before != now and not field.metadata["free"]:
            free = ", ".join(name for name, field in FIELDS.items() if field.metadata["free"])
            raise OptionError(f"`{name}` cannot change in a run that goes on ({before} so far); what can: {free}")
    return options


def digest(problem: Problem) -> str:
    """A digest of the text of a problem and of its data files."""
    found = hashlib.blake2b(problem.source.text.encode(), digest_size=16)
    for sheet in problem.sheets:
        found.update(sheet.file.encode() + b"\n" + hashlib.blake2b(sheet.content).digest())
    return found.hexdigest()


def _listed(numbers: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in numbers.items()) or "those of the file"
