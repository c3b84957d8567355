"""Matrix products of single precision on a CPU by the faster of the two libraries that torch has for them.

torch multiplies single precision by the BLAS it was built with, as a rule MKL, unless it may lose digits
(`torch.set_float32_matmul_precision("medium")`): then by oneDNN, in bfloat16 where the processor has units for that
(AMX) and else in single precision after all, for nothing less exact is faster there. On processors of AMD, whose vector
units MKL uses half, that takes two fifths of the time for matrices of 256 rows and columns, to the same accuracy
(measured on a Zen 5). Whether digits are lost is found out by multiplying.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from pdec.choice import rows
from pdec.options import Options

if TYPE_CHECKING:
    from pdec.loss import Loss

ENOUGH = 2e6
"""Multiplications of a matrix product, for each thread, from which oneDNN is taken: it takes 12 µs to begin."""

ROUNDED = 2e-5
"""A relative error that products of single precision stay far below, and those of TF32 or bfloat16 far above."""

SHAPES = ((150, 256, 256), (256, 150, 256), (1000, 100, 256), (64, 1000, 64), (5000, 64, 64), (40, 4000, 128))
"""Rows, inner sides and columns of the products that are tried."""


def loss_by_onednn(loss: Loss, net: nn.Module, device: torch.device, dtype: torch.dtype, ranks: int = 1) -> bool:
    """Whether a loss, shared out to so many processes, and its gradients are to be had within `onednn_products`: where
    that loses nothing, and products are large enough to gain.

    The same answer for the same run, machine and number of threads, as is that of `optimiser_by_onednn`.
    """
    weights = _matrices(net)
    if not weights or not _possible(loss.options, device, dtype):
        return False
    found = rows(loss.problem, loss.options, narrow=False).values()  # bfloat16 is multiplied by oneDNN anyway
    mean = sum(found) / max(1, len(found)) / (loss.options.pieces * ranks)
    return mean * sum(map(math.prod, weights)) / len(weights) >= _enough()


def optimiser_by_onednn(options: Options, net: nn.Module, device: torch.device, dtype: torch.dtype) -> bool:
    """The same of a step of an optimiser that multiplies weights by square matrices of their sides."""
    weights = _matrices(net)
    if not weights or not _possible(options, device, dtype):
        return False
    return sum(math.sqrt(math.prod(shape)) ** 3 for shape in weights) / len(weights) >= _enough()


def _matrices(net: nn.Module) -> list[torch.Size]:
    return [weight.shape for weight in net.parameters() if weight.dim() == 2 and min(weight.shape) > 1]


def _possible(options: Options, device: torch.device, dtype: torch.dtype) -> bool:
    single = device.type == "cpu" and dtype == torch.float32
    return options.products == "auto" and single and not _chosen() and lossless()


def _enough() -> float:
    return ENOUGH * torch.get_num_threads()


@contextmanager
def onednn_products(wanted: bool = True) -> Iterator[None]:
    """Within, torch multiplies single precision by oneDNN, if that is `wanted` and the user has not chosen himself."""
    if not wanted or _chosen():
        yield
        return
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision("highest")


@cache
def lossless() -> bool:
    """Whether that leaves products in single precision on this processor, as far as products of many shapes show."""
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    if any(name.startswith("amx") and there for name, there in capabilities.items()):
        return False
    return all(_error(*shape) < ROUNDED for shape in SHAPES)


def _error(rows: int, inner: int, columns: int) -> float:
    """The largest error of a product, of its transpose, and of one of many, relative to its largest entry."""
    generator = torch.Generator().manual_seed(0)
    left, right = (torch.randn(shape, generator=generator) for shape in ((rows, inner), (inner, columns)))
    exact = left.double() @ right.double()
    with onednn_products():
        found = torch.stack([left @ right, (right.T @ left.T).T, torch.bmm(left[None], right[None])[0]])
    return ((found - exact).abs().max() / exact.abs().max()).item()


def _chosen() -> bool:
    """Whether the user has set how exact products are to be; of what he set by another name torch raises."""
    try:
        return torch.get_float32_matmul_precision() != "highest"
    except RuntimeError:
        return True
