"""How far a random vector spreads, and how far its mean is from the truth: two numbers, and what is known of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

GROUPS = 10


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity over many draws.

    `scale` is its size (the truth's where that is known, else its mean's), `std` the standard deviation of one draw,
    `bias` the distance of its mean from the truth, None where that is not known, and `bias_error` the standard error of
    the bias. Of a vector all of them are norms; of a single number the bias has its sign.
    """

    scale: float
    std: float
    bias: float | None
    bias_error: float | None
    draws: int

    @property
    def biased(self) -> bool:
        """Whether the bias is seen at all through the noise."""
        return self.bias is not None and self.bias_error is not None and abs(self.bias) > 2 * self.bias_error


class Moments:
    """Sums over the draws of a vector, a few vectors long however many draws there are.

    A norm of the mean holds noise, which squares do not forget: the squared bias is the mean product of *different*
    groups of draws, in which noise has mean zero, and its error that of the jackknife over the groups.
    """

    def __init__(self, size: int, truth: Tensor | None, *, mean_square: bool = False) -> None:
        """For vectors of `size` entries; `mean_square` takes norms as root mean squares over the entries."""
        self.truth = None if truth is None else truth.detach().double().cpu().reshape(-1)
        self.shift = self.truth
        self.weight = 1 / size if mean_square else 1.0
        self.groups = torch.zeros(GROUPS, size, dtype=torch.float64)
        self.squares = 0.0
        self.draws = 0

    def add(self, draw: Tensor) -> None:
        """Count one draw."""
        value = draw.detach().double().cpu().reshape(-1)
        if self.shift is None:
            self.shift = value  # near the mean, so that sums of squares lose no digits
        value = value - self.shift
        self.groups[self.draws % GROUPS] += value
        self.squares += value.square().sum().item()
        self.draws += 1

    def spread(self) -> Spread:
        """What the draws say. Raises ValueError where there are none."""
        if self.shift is None or not self.draws:
            raise ValueError("no draws")
        n, w = self.draws, self.weight
        mean = self.groups.sum(0) / n
        variance = max(0.0, self.squares - n * mean.square().sum().item()) * w / max(1, n - 1)
        scale = math.sqrt(w * (self.shift + (mean if self.truth is None else 0)).square().sum().item())
        bias = error = None
        if self.truth is not None:
            if len(mean) == 1 or variance == 0 or n < 2:
                bias = mean.item() if len(mean) == 1 else math.sqrt(w) * mean.norm().item()
                error = math.sqrt(variance / n)
            else:
                bias, error = self._bias()
        return Spread(scale, math.sqrt(variance), bias, error, n)

    def _bias(self) -> tuple[float, float]:
        """The norm of the bias, and its standard error."""
        count = min(GROUPS, self.draws)
        sizes = torch.tensor([len(range(k, self.draws, GROUPS)) for k in range(count)], dtype=torch.float64)
        means = self.groups[:count] / sizes[:, None]
        products = means @ means.T * self.weight
        rest = [_mean_product(products[keep][:, keep]) for keep in (torch.arange(count) != k for k in range(count))]
        squared = _mean_product(products)
        if count < 3:
            return math.sqrt(max(0.0, squared)), math.sqrt(products.diagonal().mean().item())
        left_out = torch.tensor(rest)
        error = math.sqrt((count - 1) / count * (left_out - left_out.mean()).square().sum().item())
        if squared > error:
            return math.sqrt(squared), error / (2 * math.sqrt(squared))
        return math.sqrt(max(0.0, squared)), math.sqrt(error)


def _mean_product(products: Tensor) -> float:
    """The mean of a matrix off its diagonal."""
    n = len(products)
    return ((products.sum() - products.diagonal().sum()) / max(1, n * (n - 1))).item()
