"""Exact derivatives: stacked back-propagation, and what a forward pass needs.

Generated modules hold copies of these functions, so each needs torch and nothing else.

`y` is a tensor (B, …) computed from `points` (B, n_coords), row by row.
"""

from __future__ import annotations

from collections.abc import Callable

import torch


def derivative(total: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
    """The gradient (B, n_coords) of a scalar, itself differentiable; zero where `total` does not depend on `points`."""
    if not total.requires_grad:
        return torch.zeros_like(points)
    (gradient,) = torch.autograd.grad(total, points, create_graph=True, materialize_grads=True)
    return gradient


def partial(y: torch.Tensor, points: torch.Tensor, column: int) -> torch.Tensor:
    """The derivative of every entry of y (B, …) along one column of `points`: (B, …)."""
    entries = y.reshape(len(y), -1).unbind(1)
    return torch.stack([derivative(entry.sum(), points)[:, column] for entry in entries], dim=1).reshape(y.shape)


def gradient(y: torch.Tensor, points: torch.Tensor, n: int) -> torch.Tensor:
    """The gradient of every entry of y (B, …) along the first n columns of `points`: (B, …, n)."""
    entries = y.reshape(len(y), -1).unbind(1)
    return torch.stack([derivative(entry.sum(), points)[:, :n] for entry in entries], dim=1).reshape(*y.shape, n)


def pure(y: torch.Tensor, points: torch.Tensor, n: int, order: int) -> torch.Tensor:
    """Derivatives of every entry of y (B, …), `order` times along each of the first n columns: (B, …, n)."""
    columns = []
    for column in range(n):
        result = y
        for _ in range(order):
            result = partial(result, points, column)
        columns.append(result)
    return torch.stack(columns, dim=-1)


def laplacian(y: torch.Tensor, points: torch.Tensor, n: int) -> torch.Tensor:
    """The Laplacian of every entry of y (B, …) over the first n columns of `points`: (B, …); n + 1 backward passes."""
    first = gradient(y, points, n)
    return torch.stack([partial(first[..., i], points, i) for i in range(n)]).sum(0)


def basis(layer: object, points: torch.Tensor, n: int) -> torch.Tensor:
    """Orthonormal directions (K, 1, n_coords) that a network which begins with `layer` depends on: the first n axes, or
    a basis of the space that the rows of a Linear layer with fewer neurons span.

    That is held fast in a backward pass: P Wᵀ = Wᵀ for the projection P on it, so derivatives by W are the right ones.
    """
    if isinstance(layer, torch.nn.Linear) and layer.out_features < n:
        unit = torch.linalg.qr(layer.weight.detach()[:, :n].T)[0].T
        return torch.nn.functional.pad(unit, (0, points.shape[1] - n))[:, None]
    return torch.eye(n, points.shape[1], dtype=points.dtype, device=points.device)[:, None]


def second(
    activation: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The activation at x, and its first and second derivative there."""
    if type(activation) is torch.nn.Tanh:
        y = torch.tanh(x)
        slope = 1 - y.square()
        return y, slope, -2 * y * slope
    one = torch.ones_like(x)
    values, slopes = torch.func.jvp(lambda p: torch.func.jvp(activation, (p,), (one,))[:2], (x,), (one,))[:2]
    return values[0], values[1], slopes[1]
