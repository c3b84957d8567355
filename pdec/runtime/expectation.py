"""Expectations over standard normal vectors. Generated modules hold copies of these functions: torch and nothing else.

`integrand` maps draws (M, size) to values (M, B), one column for each of `points` (B, n_coords); on its way it makes
tensors of `width` numbers for each of these.
"""

from collections.abc import Callable

import torch


def mean_and_error(
    integrand: Callable[[torch.Tensor], torch.Tensor],
    size: int,
    points: torch.Tensor,
    samples: int,
    generator: torch.Generator | None = None,
    width: int = 1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """E integrand(w), w ~ N(0, I_size), and its standard error, (B,) each, in chunks of bounded memory.

    Chunks are merged by their means and sums of squared deviations, so that nothing cancels.
    """
    mean = torch.zeros_like(points[:, 0])
    squares = torch.zeros_like(mean)
    chunk = max(1, 2**23 // (len(points) * width + size))
    for start in range(0, samples, chunk):
        count = min(chunk, samples - start)
        w = torch.randn(count, size, generator=generator, device=points.device, dtype=points.dtype)
        values = integrand(w).expand(count, len(points))
        change = values.mean(0) - mean
        squares += (values - values.mean(0)).square().sum(0) + change.square() * (start * count / (start + count))
        mean = mean + change * (count / (start + count))
    return mean, (squares / (samples * max(samples - 1, 1))).sqrt()


def log_mean_exp(
    integrand: Callable[[torch.Tensor], torch.Tensor],
    size: int,
    points: torch.Tensor,
    samples: int,
    generator: torch.Generator | None = None,
    width: int = 1,
) -> tuple[torch.Tensor, torch.Tensor]:
    """log E exp(integrand(w)), w ~ N(0, I_size), and its standard error, (B,) each, in chunks of bounded memory.

    All sums are kept relative to the largest exponent seen, so that neither large nor small exponents are lost.
    """
    top = torch.full_like(points[:, 0], -torch.inf)
    first = torch.zeros_like(top)
    second = torch.zeros_like(top)
    chunk = max(1, 2**23 // (len(points) * width + size))
    for start in range(0, samples, chunk):
        count = min(chunk, samples - start)
        w = torch.randn(count, size, generator=generator, device=points.device, dtype=points.dtype)
        exponent = integrand(w).expand(count, len(points))
        highest = torch.maximum(top, exponent.amax(0))
        scale = (top - highest).exp()
        share = (exponent - highest).exp()
        first = first * scale + share.sum(0)
        second = second * scale.square() + share.square().sum(0)
        top = highest
    mean = first / samples
    variance = (second / samples - mean.square()).clamp_min(0) / max(samples - 1, 1)
    return top + mean.log(), variance.sqrt() / mean
