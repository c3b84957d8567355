"""Runs that were saved: the folder of a run, back as a Solution."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import nn

from pdec import compiler
from pdec.options import OptionError, Options, with_changes
from pdec.training.checkpoint import digest
from pdec.training.errors import TrainingError
from pdec.training.history import Progress
from pdec.training.metrics import Metrics
from pdec.training.network import network_for
from pdec.training.solution import Solution


def open(directory: str | Path, *, net: nn.Module | str | None = None) -> Solution:
    """The Solution that `pdec solve` or `Solution.save` left in a folder: callable, with its errors and its history.

    A run by a network of the user's own is opened with a new `net` of the same shape, or "module:factory". Raises
    TrainingError where the folder does not hold a whole run or the network is another one, PdeError, OptionError,
    OSError.
    """
    folder = Path(directory)
    if not folder.is_dir():
        raise TrainingError(f"there is no folder {directory}: a run is opened by the folder of its results")
    missing = [name for name in ("result.json", "options.json", "model.safetensors") if not (folder / name).exists()]
    if missing:
        raise TrainingError(f"there is no {missing[0]} in {directory}: an unfinished run goes on with `--resume` first")
    try:
        result = json.loads((folder / "result.json").read_text("utf-8"))
        given = json.loads((folder / "options.json").read_text("utf-8"))
        options = with_changes(Options(), given)
        weights = safetensors.torch.load((folder / "model.safetensors").read_bytes())
        problem = compiler.load(folder / "problem.pde", dim=result["dim"], params=result["overrides"])
        if result["options"] != given or result["digest"] != digest(problem):
            what = "a run began there that did not end, and the results are of the one before"
            raise TrainingError(f"{directory} is of two runs: {what}; `--resume` goes on with the new one")
        if options.net is not None and net is None:
            raise OptionError(f"this run was made with a network of your own ({options.net}): give it again")
        loss = compiler.compile(problem, **options.to_json())
        if not isinstance(net, nn.Module):
            net = network_for(problem, with_changes(options, {"net": net}))
        parameters = {n.name: float(weights.pop(f"parameters.{n.name}")) for n in problem.numbers}
        net.to(dtype=getattr(torch, options.dtype)).load_state_dict(weights)
        history = history_of((folder / "history.csv").read_text("utf-8"))
        metrics = metrics_of(result)
        seconds = result["seconds"], result["evaluation_seconds"]
    except (KeyError, ValueError, RuntimeError, TypeError, AttributeError, safetensors.SafetensorError) as error:
        if isinstance(error, (OptionError, TrainingError)):
            raise
        reason = " ".join(f"{type(error).__name__} {error}".split())[:300]
        raise TrainingError(f"{directory} is not the folder of a run, or not whole: {reason}") from error
    return Solution(loss, net, history, metrics, *seconds, parameters)


def history_of(text: str) -> tuple[Progress, ...]:
    """The history in the text of history.csv."""
    rows = list(csv.DictReader(io.StringIO(text)))
    found = []
    for row in rows:
        numbers = {name: float(value) for name, value in row.items()}
        step, loss, lr, seconds = (numbers.pop(name) for name in ("step", "loss", "lr", "seconds"))
        parts = {
            part: {n.removeprefix(f"{part}."): v for n, v in numbers.items() if n.startswith(f"{part}.")}
            for part in ("parameters", "factors")
        }
        terms = {name: value for name, value in numbers.items() if not name.startswith(("parameters.", "factors."))}
        found.append(Progress(int(step), len(rows), loss, terms, lr, seconds, parts["parameters"], parts["factors"]))
    return tuple(found)


def metrics_of(result: Mapping[str, Any]) -> Metrics:
    """The metrics in what result.json holds; a number that JSON could not say is none of the real ones."""
    return Metrics(
        errors=_numbers(result["errors"]),
        test_points=result["test_points"],
        residuals=dict(result["residual_rms"]),
        residual_points=result["residual_points"],
        gradients=_numbers(result["gradient_errors"]),
        radial=_numbers(result["radial_errors"]),
        baselines=_numbers(result["baselines"]),
    )


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(entry) for key, entry in value.items()}
    return math.nan if value is None else value
