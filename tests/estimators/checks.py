"""The statistical test that every Stein lowering must pass, and the functionals it is applied to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from analytic import Function

import pdec

CHUNK, MOST = 2_000_000, 60_000_000
"""Numbers in the noise of one call, and of one test."""


@dataclass(frozen=True)
class Functional:
    """`text` for pdec.estimate; `value(D, x, t, d)` the same by hand from derivatives D(*axes) at one point."""

    text: str
    value: Callable


@dataclass(frozen=True)
class Setting:
    """Where a functional is estimated, and how; `bias` must be caught, a share of the value (its largest entry)."""

    f: Function
    point: tuple[float, ...]
    sigma: float
    sigma_t: float | None = None
    samples: int = 16
    dtype: torch.dtype = torch.float64
    bias: float = 0.02

    @property
    def dim(self) -> int:
        return len(self.point) - (self.sigma_t is not None)


def truth(functional: Functional, setting: Setting) -> torch.Tensor:
    """The functional of the smoothed function, in closed form: () or (k,)."""
    sigmas = [setting.sigma] * setting.dim + [setting.sigma_t] * (setting.sigma_t is not None)

    def derivative(*axes: int | str) -> float:
        columns = [setting.dim if axis == "t" else int(axis) - 1 for axis in axes]
        return setting.f.smoothed(setting.point, sigmas, columns)

    value = functional.value(derivative, setting.point[: setting.dim], setting.point[-1], setting.dim)
    return torch.tensor(value, dtype=torch.float64)


def estimates(functional: Functional, setting: Setting, method: str, repeats: int, seed: int) -> torch.Tensor:
    """Independent estimates at one point, (repeats,) or (repeats, k): rows of a batch have noise of their own."""
    x = torch.tensor([setting.point], dtype=setting.dtype)
    generator = torch.Generator().manual_seed(seed)
    most = max(1, CHUNK // (setting.samples * len(setting.point)))
    found = []
    for start in range(0, repeats, most):
        rows = x.expand(min(most, repeats - start), -1).contiguous()
        found.append(
            pdec.estimate(
                functional.text, setting.f, rows, method=method, sigma=setting.sigma, sigma_t=setting.sigma_t,
                samples=setting.samples, time=setting.sigma_t is not None, generator=generator,
            )
        )  # fmt: skip
    return torch.cat(found).double()


def assert_unbiased(functional: Functional, setting: Setting, method: str, allowed: float = 0.0) -> None:
    """Fail where the mean of the estimates is more than four standard errors away from the closed form.

    `allowed` is the bias that the method admits to, a share of the value (its largest entry).

    A pilot with noise of its own gives the spread; from it follows, once, the number of repeats that makes five
    standard errors less than the bias that must be caught.
    """
    expected = truth(functional, setting)
    bias = setting.bias * float(expected.abs().max())
    spread = float(estimates(functional, setting, method, 2_000, seed=1).std(0).max())
    repeats = max(1_000, math.ceil((1.1 * 5 * spread / bias) ** 2))
    cost = repeats * setting.samples * len(setting.point)
    assert cost < MOST, f"{cost:.0e} numbers of noise would be needed: choose a quieter setting"
    found = estimates(functional, setting, method, repeats, seed=2)
    error = found.std(0) / math.sqrt(repeats)
    assert 5 * float(error.max()) < 1.2 * bias, "the pilot misjudged the spread"
    rounding = allowed + (1e-9 if setting.dtype == torch.float64 else 2e-4)
    away = (found.mean(0) - expected).abs()
    assert bool((away <= 4 * error + rounding * expected.abs().max()).all()), (
        f"biased: {found.mean(0)} for {expected}, standard error {error}"
    )


def over(n: int) -> range:
    return range(1, n + 1)


def trace(D: Callable, d: int, *axes: int | str) -> float:
    """The Laplacian of the derivative along `axes`."""
    return sum(D(i, i, *axes) for i in over(d))
