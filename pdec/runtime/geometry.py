"""Solids, edges and normals. Generated modules hold copies of these functions, so each needs torch and nothing else.

A solid answers for points x (…, dim) how deep each lies inside (…), below zero outside, and the outward unit normal
(…, dim) at the nearest place of its surface. `center`, `lower` and `upper` hold a number for each coordinate, or one
for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch

Depth: TypeAlias = tuple[torch.Tensor, torch.Tensor]


def box_depth(x: torch.Tensor, *, lower: tuple[float, ...], upper: tuple[float, ...]) -> Depth:
    """Depth of x (…, dim) in a box, and the outward normal: that of the nearest face."""
    below = x - torch.tensor(lower, device=x.device, dtype=x.dtype)
    above = torch.tensor(upper, device=x.device, dtype=x.dtype) - x
    depth, axis = torch.minimum(below, above).min(-1)
    side = torch.where(below < above, -1.0, 1.0).to(x.dtype)
    axis = axis[..., None]
    return depth, torch.zeros_like(x).scatter(-1, axis, side.gather(-1, axis))


def ball_depth(x: torch.Tensor, *, radius: float, center: float | tuple[float, ...]) -> Depth:
    """Depth of x (…, dim) in a ball, and the outward normal."""
    offset = x - torch.tensor(center, device=x.device, dtype=x.dtype)
    return radius - offset.norm(dim=-1), torch.nn.functional.normalize(offset, dim=-1)


def sphere_depth(x: torch.Tensor, *, radius: float, center: float | tuple[float, ...]) -> Depth:
    """How far x (…, dim) is from a sphere, with a minus sign: a surface has no inside; and the normal away from the
    center."""
    offset = x - torch.tensor(center, device=x.device, dtype=x.dtype)
    return -(radius - offset.norm(dim=-1)).abs(), torch.nn.functional.normalize(offset, dim=-1)


def annulus_depth(x: torch.Tensor, *, inner: float, outer: float, center: float | tuple[float, ...]) -> Depth:
    """Depth of x (…, dim) in a shell, and the outward normal: to the center near the inner sphere."""
    offset = x - torch.tensor(center, device=x.device, dtype=x.dtype)
    distance = offset.norm(dim=-1)
    near = distance - inner < outer - distance
    side = torch.where(near, -1.0, 1.0).to(x.dtype)[..., None]
    return torch.minimum(distance - inner, outer - distance), side * torch.nn.functional.normalize(offset, dim=-1)


def space_depth(x: torch.Tensor) -> Depth:
    """Every x (…, dim) lies infinitely deep in the whole space."""
    return torch.full_like(x[..., 0], torch.inf), torch.zeros_like(x)


def joined(*solids: Depth) -> Depth:
    """Depth and normal in the union of solids."""
    depth, normal = solids[0]
    for other, outward in solids[1:]:
        normal = torch.where((depth >= other)[..., None], normal, outward)
        depth = torch.maximum(depth, other)
    return depth, normal


def common(*solids: Depth) -> Depth:
    """Depth and normal in what solids have in common."""
    depth, normal = solids[0]
    for other, outward in solids[1:]:
        normal = torch.where((depth <= other)[..., None], normal, outward)
        depth = torch.minimum(depth, other)
    return depth, normal


def without(solid: Depth, *others: Depth) -> Depth:
    """Depth and normal in what is left of a solid when others are taken away: their normals turn round."""
    depth, normal = solid
    for other, outward in others:
        normal = torch.where((depth <= -other)[..., None], normal, -outward)
        depth = torch.minimum(depth, -other)
    return depth, normal


def crossed(*factors: Depth) -> Depth:
    """Depth and normal in a product, whose factors were asked about their own coordinates."""
    depth = torch.stack([depth for depth, _ in factors]).amin(0)
    return depth, torch.cat([torch.where((own <= depth)[..., None], n, torch.zeros_like(n)) for own, n in factors], -1)


def on_edge(solid: Callable[[torch.Tensor], Depth], x: torch.Tensor) -> torch.Tensor:
    """Whether points x (B, dim) lie on the surface of a solid: inside and outside meet there, along its normal."""
    depth, normal = solid(x)
    step = torch.finfo(x.dtype).eps ** 0.5 * x.abs().amax()
    apart = (solid(x - step * normal)[0] > 0) & (solid(x + step * normal)[0] < 0)
    return torch.logical_and(depth.abs() <= step / 4, apart)


def clear_of_edge(solid: Callable[[torch.Tensor], Depth], x: torch.Tensor) -> torch.Tensor:
    """Whether points x (B, dim) lie inside a solid and not on its surface, by more than rounding."""
    return torch.gt(solid(x)[0], torch.finfo(x.dtype).eps ** 0.5 * x.abs().amax())


def taken_once(inside: list[torch.Tensor], generator: torch.Generator | None = None) -> torch.Tensor:
    """A choice among points that lie in several sets at once, and were drawn in each: kept with the chance 1/number."""
    number = torch.stack(inside).sum(0)
    return torch.rand(len(number), generator=generator, device=number.device) * number < 1
