"""What each step of training was like, and the whole history as one tensor and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: its number, from 1, of `steps`; the loss and its unweighted terms before the step; the learning rate
    of the step; the seconds of training so far; the unknown parameters before the step.
    """

    step: int
    steps: int
    loss: float
    terms: dict[str, float]
    lr: float
    seconds: float
    parameters: dict[str, float] = field(default_factory=dict)


def to_state(history: Sequence[Progress]) -> dict[str, Any]:
    """The history as a tensor (steps, columns) in double precision, and the names of its columns."""
    if not history:
        return {"terms": [], "parameters": [], "rows": torch.zeros(0, 4, dtype=torch.float64)}
    rows = [[p.steps, p.loss, p.lr, p.seconds, *p.terms.values(), *p.parameters.values()] for p in history]
    names = {"terms": list(history[0].terms), "parameters": list(history[0].parameters)}
    return {**names, "rows": torch.tensor(rows, dtype=torch.float64)}


def from_state(state: Mapping[str, Any]) -> list[Progress]:
    """The history that `to_state` was given."""
    terms, parameters = state["terms"], state["parameters"]
    found = []
    for number, row in enumerate(state["rows"].tolist(), start=1):
        steps, loss, lr, seconds, *values = row
        named = dict(zip(terms, values)), dict(zip(parameters, values[len(terms) :]))
        found.append(Progress(number, int(steps), loss, named[0], lr, seconds, named[1]))
    return found
