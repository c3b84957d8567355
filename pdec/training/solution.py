"""What comes out of training: a function of points that knows how good it is and how it was made."""

from __future__ import annotations

import csv
import io
import json
import math
import platform
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import safetensors.torch
import torch
from torch import Tensor, nn

from pdec.options import Options
from pdec.problem import Problem
from pdec.training.checkpoint import digest
from pdec.training.files import write_atomically
from pdec.training.metrics import Metrics, chunks, ratio, widest
from pdec.training.randomness import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pdec.loss import Loss
    from pdec.training.history import Progress

Points: TypeAlias = "Tensor | NDArray[Any] | Sequence[Sequence[float]]"
VERSIONS_OF = ("pdec", "torch", "sympy")


@dataclass(frozen=True, slots=True)
class Solution:
    """A trained network as a function of points, with its errors and its history.

    `seconds` is the time of the training alone, `evaluation_seconds` that of the errors and residuals; `parameters` are
    the unknown parameters that training found, by name.
    """

    loss: Loss
    net: nn.Module
    history: tuple[Progress, ...]
    metrics: Metrics
    seconds: float
    evaluation_seconds: float
    parameters: dict[str, float] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        return self.loss.problem

    @property
    def options(self) -> Options:
        return self.loss.options

    @property
    def coordinate_names(self) -> list[str]:
        """A name for each column of the points: `x`, or `x1`, `x2`, … where x is a vector of several; then time."""
        coordinates, dim = self.problem.coordinates, self.problem.dim
        name = coordinates.names[0]
        several = [f"{name}{i + 1}" for i in range(dim)] if coordinates.vector and dim > 1 else list(coordinates.names)
        return several + ([coordinates.time] if coordinates.time else [])

    @property
    def errors(self) -> dict[str, dict[str, float]]:
        """Relative errors on held-out points by unknown, `{"u": {"l1": …, "l2": …}}`; {} where none is known."""
        return self.metrics.errors

    @property
    def residuals(self) -> dict[str, float | None]:
        """Root mean square residual on held-out points by equation; None where it cannot be computed."""
        return self.metrics.residuals

    @property
    def parameter_reports(self) -> dict[str, dict[str, float | None]]:
        """Unknown parameters by name: the `value` found, its `start`, the `exact` value and the relative `error` as a
        fraction (nan where the exact value is zero), both None where the file does not give it."""
        reports: dict[str, dict[str, float | None]] = {}
        for number in self.problem.numbers:
            value, exact = self.parameters[number.name], number.exact_value
            error = None if exact is None else ratio(abs(value - exact), abs(exact))
            reports[number.name] = {"value": value, "start": number.start, "exact": exact, "error": error}
        return reports

    @property
    def seconds_per_step(self) -> float:
        return self.seconds / max(1, len(self.history))

    def __call__(self, points: Points) -> Tensor:
        """The unknowns (B, n_unknowns) at points (B, n_coords): the space coordinates in order, then time.

        On the device and in the dtype of the network, without gradient, and the same at every call: the noise of the
        smoothed model is drawn from a fixed seed, `options.test_samples` a point. Raises ValueError for another shape.
        """
        x = self._points(points)
        noise = stream(self.options.seed, "solution", x.device)
        sizes = list(chunks(len(x), self.options.test_samples * widest(self.loss)))
        with torch.no_grad():
            parts = [self._values(part, noise) for part in torch.split(x, sizes)]
        return torch.cat(parts) if parts else x.new_empty(0, self.problem.n_unknowns)

    def grad(self, points: Points) -> Tensor:
        """The gradients of the unknowns (B, n_unknowns, n_coords) at points (B, n_coords): by the space coordinates in
        order, then time. Exact derivatives of what calling the solution gives (of the smoothed network with its noise
        held fast)."""
        x = self._points(points).requires_grad_()
        values = self._values(x, stream(self.options.seed, "solution", x.device))
        return torch.stack([self._by_points(column, x, False) for column in values.unbind(1)], dim=1)

    def laplacian(self, points: Points) -> Tensor:
        """The Laplacians in space of the unknowns, (B, n_unknowns), at points (B, n_coords), as `grad` differentiates:
        with as many passes as there are space coordinates."""
        x = self._points(points).requires_grad_()
        values = self._values(x, stream(self.options.seed, "solution", x.device))
        found = []
        for column in values.unbind(1):
            slopes = self._by_points(column, x, True)[:, : self.problem.dim]
            seconds = [self._by_points(slope, x, True)[:, k].detach() for k, slope in enumerate(slopes.unbind(1))]
            found.append(torch.stack(seconds).sum(0))
        return torch.stack(found, dim=1)

    def _points(self, points: Points) -> Tensor:
        like = next(self.net.parameters())
        x = torch.as_tensor(points, device=like.device, dtype=like.dtype)
        if x.dim() != 2 or x.shape[1] != self.problem.n_coords:
            raise ValueError(f"points must have shape (B, {self.problem.n_coords}), not {tuple(x.shape)}")
        return x.detach()

    def _values(self, x: Tensor, noise: torch.Generator) -> Tensor:
        given: dict[str, Any] = {"parameters": self.parameters} if self.parameters else {}
        return self.loss.solution(self.net, x, samples=self.options.test_samples, generator=noise, **given)

    def _by_points(self, values: Tensor, x: Tensor, again: bool) -> Tensor:
        """∂ of each of `values` (B,) by its own point, (B, n_coords); to be differentiated `again` or not."""
        if not values.requires_grad:
            return torch.zeros_like(x)
        (found,) = torch.autograd.grad(values.sum(), x, create_graph=again, retain_graph=True, allow_unused=True)
        return torch.zeros_like(x) if found is None else found

    def to_json(self) -> dict[str, Any]:
        """What `result.json` holds: plain data; errors as fractions; numbers that are not finite as None."""
        last = self.history[-1] if self.history else None
        result = {
            "problem": self.problem.name,
            "digest": digest(self.problem),
            "dim": self.problem.dim,
            "overrides": dict(self.problem.overrides),
            "constants": {str(name): value for name, value in self.problem.constants.items()},
            "method": self.options.method,
            "seed": self.options.seed,
            "steps": len(self.history),
            "device": self.options.device,
            "dtype": self.options.dtype,
            "seconds": self.seconds,
            "seconds_per_step": self.seconds_per_step,
            "evaluation_seconds": self.evaluation_seconds,
            "losses": {"total": last.loss, **last.terms} if last else {},
            "errors": self.errors,
            "gradient_errors": self.metrics.gradients,
            "radial_errors": self.metrics.radial,
            "baselines": self.metrics.baselines,
            "parameters": self.parameter_reports,
            "test_points": self.metrics.test_points,
            "residual_rms": self.residuals,
            "residual_points": self.metrics.residual_points,
            "options": self.options.to_json(),
            "versions": {"python": platform.python_version(), **{name: version(name) for name in VERSIONS_OF}},
        }
        plain: dict[str, Any] = finite(result)
        return plain

    def history_csv(self) -> str:
        """The history as a table: step, loss, a column a term, an unknown parameter and a factor of a weight, learning
        rate, seconds."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        first = self.history[0] if self.history else None
        names = [*first.terms, *(f"parameters.{n}" for n in first.parameters)] if first else []
        names += [f"factors.{n}" for n in first.factors] if first else []
        writer.writerow(["step", "loss", *names, "lr", "seconds"])
        for p in self.history:
            values = [*p.terms.values(), *p.parameters.values(), *p.factors.values()]
            writer.writerow([p.step, p.loss, *values, p.lr, p.seconds])
        return text.getvalue()

    def save(self, directory: str | Path) -> None:
        """Write result.json, history.csv, model.safetensors, problem.pde and options.json, each whole or not at all;
        and the files that the problem takes numbers from, where they lie in the folder of the problem.

        Makes the directory where there is none. Raises OSError.
        """
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        # copies, because safetensors takes no tensors that share memory
        weights = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in self.net.state_dict().items()}
        # in double precision, so that what is read back is what result.json says
        weights |= {f"parameters.{n}": torch.tensor(v, dtype=torch.float64) for n, v in self.parameters.items()}
        write_atomically(folder / "model.safetensors", safetensors.torch.save(weights))
        write_problem(folder, self.loss)
        write_atomically(folder / "history.csv", self.history_csv())
        write_atomically(folder / "result.json", json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n")


def write_problem(folder: Path, loss: Loss) -> None:
    """Write problem.pde, options.json, and the files that the problem takes numbers from. Raises OSError."""
    for sheet in loss.problem.sheets:
        if not Path(sheet.file).is_absolute() and ".." not in Path(sheet.file).parts:
            (folder / sheet.file).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / sheet.file, sheet.content)
    write_atomically(folder / "problem.pde", loss.problem.source.text)
    write_atomically(folder / "options.json", json.dumps(loss.options.to_json(), indent=2) + "\n")


def version(package: str) -> str:
    """The installed version of a package; "unknown" where it runs from a checkout without being installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


def finite(value: Any) -> Any:
    """Plain data with None for every number that JSON cannot say, and lists for tuples."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
