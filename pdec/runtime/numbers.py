"""Unknown numbers. Generated modules hold copies of these functions, so each needs torch and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import torch

PARAMETERS: Mapping[str, float] = {}
"""A generated module has its own: where training starts."""


def unknown_number(
    name: str, parameters: Mapping[str, torch.Tensor | float] | None, points: torch.Tensor
) -> torch.Tensor:
    """The number called `name`, a scalar of the device and dtype of points: of `parameters`, else PARAMETERS."""
    value = (PARAMETERS if parameters is None else parameters)[name]
    return torch.as_tensor(value, device=points.device, dtype=points.dtype)
