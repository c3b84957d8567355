"""What each step of training was like, and the whole history as one tensor and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

PARTS = ("terms", "parameters", "factors")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: its number, from 1, of `steps`; the loss and its unweighted terms before the step; the learning rate
    of the step; the seconds of training so far; the unknown parameters before the step; the factors of the weights by
    which its terms were summed, where training finds them.
    """

    step: int
    steps: int
    loss: float
    terms: dict[str, float]
    lr: float
    seconds: float
    parameters: dict[str, float] = field(default_factory=dict)
    factors: dict[str, float] = field(default_factory=dict)


def to_state(history: Sequence[Progress]) -> dict[str, Any]:
    """The history as a tensor (steps, columns) in double precision, and the names of its columns."""
    names = {part: list(getattr(history[0], part)) if history else [] for part in PARTS}
    rows = [
        [p.steps, p.loss, p.lr, p.seconds, *(v for part in PARTS for v in getattr(p, part).values())] for p in history
    ]
    width = 4 + sum(map(len, names.values()))
    return {**names, "rows": torch.tensor(rows, dtype=torch.float64).reshape(-1, width)}


def from_state(state: Mapping[str, Any]) -> list[Progress]:
    """The history that `to_state` was given."""
    found = []
    for number, row in enumerate(state["rows"].tolist(), start=1):
        steps, loss, lr, seconds, *values = row
        rest = iter(values)
        terms, parameters, factors = ({name: next(rest) for name in state[part]} for part in PARTS)
        found.append(Progress(number, int(steps), loss, terms, lr, seconds, parameters, factors))
    return found
