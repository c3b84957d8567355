"""What a bench found, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from pdec.bench.spread import Spread
from pdec.training.solution import finite


@dataclass(frozen=True, slots=True)
class Cost:
    """One training step as a multiple of a supervised step: median and quartiles over `repeats`, each measured between
    two blocks of supervised steps; `seconds` is its own median."""

    median: float
    low: float
    high: float
    seconds: float
    repeats: int


@dataclass(frozen=True, slots=True)
class Trained:
    """A training run: its steps (fewer than asked for where time ran out) and the seconds of these alone, the errors
    and residuals at its end as `pdec.training.metrics` has them, and when the largest relative L2 error first was as
    small as asked for: step and seconds, None where it never was."""

    steps: int
    seconds: float
    errors: dict[str, dict[str, float]]
    residuals: dict[str, float | None]
    reached: tuple[int, float] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one method. `status` is `ok`, `refused`, `time`, `memory` or `failed`, with the reason.

    `evaluations`: of the network, a point of the equations; `step_evaluations`: a step, on all point sets together.
    `peak_bytes`: the most that is held during a step, parameters and optimiser included; `memory`: the same as a
    multiple of the supervised step's. The spreads are those of the residuals (root mean squares over the points), the
    loss and its gradient with respect to the parameters, at the initial network and one batch of points.
    """

    name: str
    method: str
    samples: int | None
    status: str = "ok"
    reason: str = ""
    evaluations: float | None = None
    step_evaluations: int | None = None
    peak_bytes: int | None = None
    memory: float | None = None
    cost: Cost | None = None
    residuals: Mapping[str, Spread] = field(default_factory=dict)
    loss: Spread | None = None
    gradient: Spread | None = None
    trained: Trained | None = None

    @property
    def residual(self) -> Spread | None:
        """The spread of the first equation's residual."""
        return next(iter(self.residuals.values()), None)


@dataclass(frozen=True, slots=True)
class Bench:
    """A whole comparison. `reference` is the exact method that bias is measured by; empty where none could be had.

    The unit, `supervised_seconds`, is a step as anybody has it in torch. Where methods multiply by oneDNN
    (`pdec.training.products`), `supervised_onednn_seconds` is what it takes by that, else None.
    """

    problem: str
    dim: int
    options: Mapping[str, Any]
    points: Mapping[str, int]
    parameters: int
    threads: int
    seconds: float
    supervised_seconds: float
    supervised_bytes: int
    reference: str
    results: tuple[Result, ...]
    supervised_onednn_seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data; numbers that are not finite as None."""
        data: dict[str, Any] = finite(asdict(self))
        return data
