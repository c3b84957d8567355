"""Training by several methods at once, in turn, until the steps or the time are over."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

from pdec.bench.results import Trained
from pdec.loss import Loss
from pdec.training.errors import TrainingError
from pdec.training.loop import Run
from pdec.training.metrics import relative_errors

TURN = 10  # steps that one method makes before the next has its turn
CHECKS = 50  # times that the error is looked at


def train_all(
    losses: Mapping[int, Loss],
    exact: Loss | None,
    to_error: float | None,
    seconds: float,
    watch: Callable[[str, float, float], None],
) -> dict[int, Trained]:
    """Train a network by each of the losses for the steps that their options say, or until together they took
    `seconds`: a method that is slower has made fewer steps then. Only the time of the steps is counted."""
    runs = {key: Run(loss, exact=exact) for key, loss in losses.items()}
    reached: dict[int, tuple[int, float]] = {}
    going = dict(runs)
    while going:
        for key, run in list(going.items()):
            own, steps = seconds / len(runs), run.loss.options.steps
            if not _turn(run, own, to_error, reached, key):
                del going[key]
            done = sum(
                max(len(r.history) / max(1, steps), _seconds(r) / own) if k in going else 1 for k, r in runs.items()
            )
            watch(f"{run.loss.options.method}: training", seconds * done / len(runs), seconds)
    result = {}
    for key, run in runs.items():
        watch(f"{run.loss.options.method}: errors", 0, 0)
        run.stop()
        metrics = run.solution.metrics
        result[key] = Trained(len(run.history), _seconds(run), metrics.errors, metrics.residuals, reached.get(key))
    return result


def _turn(run: Run, share: float, to_error: float | None, reached: dict[int, tuple[int, float]], key: int) -> bool:
    """Some steps of one run; whether there are more to make."""
    steps = run.loss.options.steps
    every = max(1, steps // CHECKS)
    for _ in range(TURN):
        try:
            progress = next(run, None)
        except TrainingError:
            return False
        if progress is None:
            return False
        if to_error is not None and key not in reached and (progress.step % every == 0 or progress.step == steps):
            error = _error(run)
            if error <= to_error:
                reached[key] = (progress.step, progress.seconds)
        if progress.seconds > share:
            return False
    return True


def _error(run: Run) -> float:
    """The largest relative L2 error; infinite where no solution is known."""
    like = next(run.net.parameters())
    found: Any = {"parameters": run.unevaluated.parameters} if run.parameters else {}
    with torch.no_grad():
        errors = relative_errors(run.loss, run.net, device=like.device, dtype=like.dtype, **found)
    return max((error["l2"] for error in errors.values()), default=math.inf)


def _seconds(run: Run) -> float:
    return run.history[-1].seconds if run.history else 0.0
