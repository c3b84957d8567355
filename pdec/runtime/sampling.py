"""How points are drawn. Generated modules hold copies of these functions, so each needs torch and nothing else.

`n` points come as a tensor `(n, dim)` of the given dtype, drawn in that dtype on `device`, where `generator` must live.
"""

from __future__ import annotations

from collections.abc import Callable

import torch


def uniform_ball(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform in the ball |x - center| <= radius: radius·U^(1/dim) times a uniform direction."""
    points = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    distance = radius * torch.rand(n, 1, generator=generator, device=device, dtype=dtype).pow(1 / dim)
    # in place: where there are very many coordinates, new memory costs more than what is done in it
    points *= distance / torch.linalg.vector_norm(points, dim=1, keepdim=True).clamp_min(1e-12)
    return points.add_(torch.tensor(center, device=points.device, dtype=points.dtype))


def radial_ball(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) in the ball |x - center| <= radius with uniform radius: radius·U times a uniform direction."""
    points = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    distance = radius * torch.rand(n, 1, generator=generator, device=device, dtype=dtype)
    # in place: where there are very many coordinates, new memory costs more than what is done in it
    points *= distance / torch.linalg.vector_norm(points, dim=1, keepdim=True).clamp_min(1e-12)
    return points.add_(torch.tensor(center, device=points.device, dtype=points.dtype))


def uniform_sphere(
    n: int,
    dim: int,
    *,
    radius: float,
    center: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform on the sphere |x - center| = radius: a normal vector brought to that length."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    # in one dimension a float32 normal is exactly zero once in 2^24 draws, and zero has no direction
    direction[:, 0] += (direction == 0).all(dim=1)
    middle = torch.tensor(center, device=direction.device, dtype=direction.dtype)
    return middle + radius * torch.nn.functional.normalize(direction)


def uniform_annulus(
    n: int,
    dim: int,
    *,
    inner: float,
    outer: float,
    center: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) uniform in the shell inner <= |x - center| <= outer: radii have a density like r^(dim - 1)."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    share = torch.rand(n, 1, generator=generator, device=device, dtype=dtype)
    hollow = (inner / outer) ** dim  # the share of the ball that is left out
    distance = outer * (hollow + (1 - hollow) * share).pow(1 / dim)
    middle = torch.tensor(center, device=direction.device, dtype=direction.dtype)
    return middle + distance * torch.nn.functional.normalize(direction)


def radial_annulus(
    n: int,
    dim: int,
    *,
    inner: float,
    outer: float,
    center: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) in the shell inner <= |x - center| <= outer with uniform radius."""
    direction = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    share = torch.rand(n, 1, generator=generator, device=device, dtype=dtype)
    distance = inner + (outer - inner) * share
    middle = torch.tensor(center, device=direction.device, dtype=direction.dtype)
    return middle + distance * torch.nn.functional.normalize(direction)


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
    mean: float | tuple[float, ...],
    std: float | tuple[float, ...],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim) with independent coordinates, each normal with the given mean and standard deviation."""
    z = torch.randn(n, dim, generator=generator, device=device, dtype=dtype)
    return torch.tensor(mean, device=z.device, dtype=z.dtype) + torch.tensor(std, device=z.device, dtype=z.dtype) * z


def mixed(
    n: int,
    shares: tuple[float, ...],
    *draws: Callable[[int], torch.Tensor],
    generator: torch.Generator | None = None,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> torch.Tensor:
    """Points (n, dim), each by one of several laws, chosen by its share; a draw gives as many points as it is asked."""
    points = torch.stack([draw(n) for draw in draws])
    weights = torch.tensor(shares, device=points.device, dtype=points.dtype)
    choice = torch.multinomial(weights, n, replacement=True, generator=generator)
    return points[choice, torch.arange(n, device=points.device)]


def kept(n: int, draw: Callable[[int], torch.Tensor], *checks: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """The first n of the points that `draw` gives which pass all checks. Raises RuntimeError if hardly any does."""
    found: list[torch.Tensor] = []
    missing = n
    for _ in range(10_000):
        x = draw(2 * missing + 100)
        for check in checks:
            x = x[check(x)]
        found.append(x[:missing])
        missing -= len(found[-1])
        if missing == 0:
            return torch.cat(found)
    raise RuntimeError(f"{missing} of {n} points were not found")


def held(x: torch.Tensor, places: dict[int, float]) -> torch.Tensor:
    """Points x (n, k) with columns of one value put in between: their numbers in the result, rising, and the values."""
    for column, value in places.items():
        x = torch.cat([x[:, :column], x.new_full((len(x), 1), value), x[:, column:]], dim=1)
    return x


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
