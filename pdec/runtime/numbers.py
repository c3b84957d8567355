"""Unknown numbers, and numbers that are known at each point.

Generated modules hold copies of these functions, so each needs torch and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch

PARAMETERS: Mapping[str, float] = {}
"""A generated module has its own: where training starts."""


def unknown_number(
    name: str, parameters: Mapping[str, torch.Tensor | float] | None, points: torch.Tensor
) -> torch.Tensor:
    """The number called `name`, a scalar of the device and dtype of points: of `parameters`, else PARAMETERS."""
    value = (PARAMETERS if parameters is None else parameters)[name]
    return torch.as_tensor(value, device=points.device, dtype=points.dtype)


def by_rows(function: Callable[[torch.Tensor], torch.Tensor], points: torch.Tensor) -> torch.Tensor:
    """function(points), (B,) of points (B, n_coords), where each row stands for itself: on a CPU few rows at a time,
    so that what is made of long ones on the way stays in its caches, as torch.compile has it by itself."""
    rows = max(1, 2**17 // points.shape[-1])
    if len(points) <= rows or points.device.type != "cpu" or torch.compiler.is_compiling():
        return function(points)
    return torch.cat([function(part) for part in torch.split(points, rows)])
