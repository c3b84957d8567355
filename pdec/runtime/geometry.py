"""Geometry of boundaries. Generated modules hold copies of these functions, so each needs torch and nothing else."""

from __future__ import annotations

import torch


def box_normal(x: torch.Tensor, lower: tuple[float, ...], upper: tuple[float, ...]) -> torch.Tensor:
    """The outward unit normal (B, n) at points x (B, n) on the faces of a box: that of the nearest face.

    One number in `lower` and `upper` stands for every coordinate.
    """
    below = x - torch.tensor(lower, device=x.device, dtype=x.dtype)
    above = torch.tensor(upper, device=x.device, dtype=x.dtype) - x
    axis = torch.minimum(below, above).argmin(-1, keepdim=True)
    side = torch.where(below < above, -1.0, 1.0).to(x.dtype)
    return torch.zeros_like(x).scatter(-1, axis, side.gather(-1, axis))
