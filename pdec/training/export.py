"""A solution as one module of torch that needs no pdec: points in, unknowns out."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pdec import compiler
from pdec.estimators import LOWERINGS
from pdec.options import OptionError
from pdec.training.randomness import stream
from pdec.training.solution import Solution

FORMATS = ("torch", "onnx")


class Exported(nn.Module):
    """(B, n_coords) -> (B, n_unknowns): the network, averaged over fixed steps where it is smoothed, with the hard
    conditions put on."""

    steps: Tensor

    def __init__(self, solution: Solution) -> None:
        super().__init__()
        options, problem = solution.options, solution.problem
        like = next(solution.net.parameters())
        self.net = solution.net
        # the same problem without smoothing knows the hard conditions
        self._loss = compiler.compile(problem, **{**options.to_json(), "method": "autograd"})
        self._parameters_found = dict(solution.parameters)
        smooth = LOWERINGS[options.method].smoothed
        half = max(1, options.test_samples // 2)
        z = torch.randn(half if smooth else 0, problem.n_coords, generator=stream(options.seed, "export"))
        scale = torch.full((problem.n_coords,), options.space_sigma)
        scale[problem.dim :] = options.time_sigma
        steps = torch.cat([z * scale, -z * scale]) if smooth else torch.zeros(1, problem.n_coords)
        self.register_buffer("steps", steps.to(like))

    def smoothed(self, points: Tensor) -> Tensor:
        """The mean of the network over the steps, at points (…, n_coords)."""
        found: Tensor = self.net(points.unsqueeze(-2) + self.steps)
        return found.mean(dim=-2)

    def forward(self, points: Tensor) -> Tensor:
        given: dict[str, Any] = {"parameters": self._parameters_found} if self._parameters_found else {}
        return self._loss.solution(self.smoothed, points, samples=2, **given)


def export(solution: Solution, kind: str) -> bytes:
    """The solution for any number of points: by `torch` an exported program, which `torch.export.load` reads; by `onnx`
    a model with the input `points` and the output `unknowns`.

    Raises OptionError for another kind, where ONNX is not installed, and for what cannot be traced.
    """
    if kind not in FORMATS:
        raise OptionError(f"`--format` is one of {', '.join(FORMATS)}, not `{kind}`")
    module = Exported(solution).cpu().eval()
    points = torch.zeros(3, solution.problem.n_coords, dtype=module.steps.dtype)
    batch = torch.export.Dim("batch", min=1)
    data = io.BytesIO()
    try:
        if kind == "onnx":
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "solution.onnx"
                shapes = {"points": {0: batch}}
                named: dict[str, Any] = {"input_names": ["points"], "output_names": ["unknowns"]}
                # the weights go into the file: beside it they would be lost with the folder
                named |= {"external_data": False, "verbose": False}
                torch.onnx.export(module, (points,), path, dynamo=True, dynamic_shapes=shapes, **named)
                return path.read_bytes()
        program = torch.export.export(module, (points,), dynamic_shapes=({0: batch},))
        torch.export.save(program, data)
    except ImportError as error:
        raise OptionError(f"`--format onnx` needs what is not installed: {error}") from error
    except Exception as error:
        raise OptionError(f"this solution cannot be exported: {' '.join(str(error).split())[:300]}") from error
    return data.getvalue()
