"""How points are drawn. Generated modules hold copies of these functions, so each needs torch and nothing else.

`n` points come as a tensor `(n, dim)` of the given dtype, drawn in that dtype on `device`, where `generator` must live.
"""

from __future__ import annotations

import torch


def uniform_ball(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform in the ball |x - center| <= radius: radius·U^(1/dim) times a uniform direction."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    distance = radius * torch.rand(n, 1, generator=generator, device=device, dtype=dtype).pow(1 / dim)
    return center + distance * torch.nn.functional.normalize(direction)


def radial_ball(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) in the ball |x - center| <= radius with uniform radius: radius·U times a uniform direction."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    distance = radius * torch.rand(n, 1, generator=generator, device=device, dtype=dtype)
    return center + distance * torch.nn.functional.normalize(direction)


def uniform_sphere(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform on the sphere |x - center| = radius: a normal vector brought to that length."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    # in one dimension a float32 normal is exactly zero once in 2^24 draws, and zero has no direction
    direction[:, 0] += (direction == 0).all(dim=1)
    return center + radius * torch.nn.functional.normalize(direction)


def uniform_box(
    n: int,
    dim: int,
    *,
    lower: tuple[float, ...],
    upper: tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform in the box; one number in `lower` and `upper` stands for every coordinate."""
    share = torch.rand(n, dim, generator=generator, device=device, dtype=dtype)
    low = torch.tensor(lower, device=share.device, dtype=share.dtype)
    high = torch.tensor(upper, device=share.device, dtype=share.dtype)
    return torch.lerp(low, high, share)


def uniform_box_boundary(
    n: int,
    dim: int,
    *,
    lower: tuple[float, ...],
    upper: tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform on the faces of the box: uniform inside, then one coordinate moved to one of its ends.

    A face across coordinate i has area Π(sides)/side_i, so the coordinate is chosen in proportion to 1/side_i.
    """
    share = torch.rand(n, dim, generator=generator, device=device, dtype=dtype)
    low = torch.tensor(lower, device=share.device, dtype=share.dtype).expand(dim)
    high = torch.tensor(upper, device=share.device, dtype=share.dtype).expand(dim)
    axis = torch.multinomial(1 / (high - low), n, replacement=True, generator=generator)[:, None]
    end = torch.rand(n, 1, generator=generator, device=device, dtype=dtype).round()
    return torch.lerp(low, high, share.scatter(1, axis, end))


def normal_space(
    n: int,
    dim: int,
    *,
    mean: float,
    std: float,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) with independent coordinates, each normal with the given mean and standard deviation."""
    return mean + std * torch.randn(n, dim, generator=generator, device=device, dtype=dtype)


def uniform_times(
    n: int,
    lower: float,
    upper: float,
    *,
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Times (n, 1) uniform in [lower, upper]."""
    share = torch.rand(n, 1, generator=generator, device=device, dtype=dtype)
    return lower * (1 - share) + upper * share
