"""Products without bias, of estimates from draws that they do not share. Pasted into generated modules."""

from __future__ import annotations

import torch


def apart(estimates: torch.Tensor, groups: int, k: int) -> torch.Tensor:
    """Estimates (G·B, …), G of each point, with those of group g + k in the place of those of group g."""
    return estimates.roll(-k * (len(estimates) // groups), 0)


def squared(residual: torch.Tensor, groups: int, degree: int) -> torch.Tensor:
    """The squares (B, …) of what `residual` (G·B, …) is G estimates of, without bias; they can be negative.

    The estimate of group g uses the draws of groups g … g + degree - 1, in a circle. It is multiplied by those that use
    none of them, and the mean is over all such pairs: a U-statistic (Hoeffding 1948). One estimate is without noise.
    """
    if groups == 1:
        return residual.square()
    each = residual.reshape(groups, -1, *residual.shape[1:])
    others = torch.stack([each.roll(-k, 0) for k in range(degree, groups - degree + 1)]).mean(0)
    return (each * others).mean(0)
