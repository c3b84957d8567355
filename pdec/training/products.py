"""Matrix products of single precision on a CPU by another of the libraries that torch has for them.

torch multiplies single precision by the BLAS it was built with, as a rule MKL, unless it may lose digits
(`torch.backends.mkldnn.matmul.fp32_precision = "bf16"`): then by oneDNN, in bfloat16 where the processor has units for
that (AMX), and else in single precision after all, for nothing less exact is faster there. On the processor of AMD that
this was measured on (Zen 5) MKL gets half of what the vector units can do, and oneDNN takes two fifths to a half of the
time for matrices of 256 rows and columns. It adds in another order: rounding errors were up to 4.2 times as large, and
smaller in long sums. Other processors were not measured, and keep the BLAS. That digits stay is seen by multiplying.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from pdec.choice import rows
from pdec.options import Options

if TYPE_CHECKING:
    from pdec.loss import Loss

ENOUGH = 2e6
"""Multiplications of a matrix product, for each thread, from which oneDNN is taken: it takes 12 µs to begin."""

ROUGHER = 10.0
"""So many times the rounding errors of the BLAS are allowed. In the products below, factors rounded to TF32 make errors
70 to 320 times as large, rounded to bfloat16 720 times and more."""

SHAPES = ((150, 256, 256), (256, 150, 256), (1000, 100, 256), (64, 2000, 64), (5000, 64, 64), (40, 4000, 128))
"""Rows, inner sides and columns of the products that are tried."""

ADAPTED = ("soap", "muon")
"""The optimisers that multiply weights by square matrices of their sides."""

SETTING: Any = getattr(torch.backends.mkldnn, "matmul", None)
"""Where torch says how its CPU multiplies single precision; None in a torch that cannot be told."""


def loss_by_onednn(loss: Loss, net: nn.Module, device: torch.device, dtype: torch.dtype, ranks: int = 1) -> bool:
    """Whether a loss, shared out to so many processes, and its gradients are to be had within `onednn_products`: where
    it stays in single precision, and products are large enough to gain.

    The same answer for the same run, machine and number of threads, as is that of `optimiser_by_onednn`.
    """
    weights = _matrices(net)
    if not weights or not _possible(loss.options, device, dtype):
        return False
    found = rows(loss.problem, loss.options, narrow=False).values()  # bfloat16 is multiplied by oneDNN anyway
    mean = sum(found) / max(1, len(found)) / (loss.options.pieces * ranks)
    return mean * sum(map(math.prod, weights)) / len(weights) >= _enough()


def optimiser_by_onednn(options: Options, net: nn.Module, device: torch.device, dtype: torch.dtype) -> bool:
    """The same of a step of the optimiser."""
    weights = _matrices(net)
    if options.optimiser not in ADAPTED or not weights or not _possible(options, device, dtype):
        return False
    return sum(math.sqrt(math.prod(shape)) ** 3 for shape in weights) / len(weights) >= _enough()


@contextmanager
def onednn_products(wanted: bool = True) -> Iterator[None]:
    """Within, torch multiplies single precision by oneDNN, if that is `wanted` and the user has set nothing himself."""
    if not wanted or _chosen():
        yield
        return
    try:
        SETTING.fp32_precision = "bf16"
        yield
    finally:
        SETTING.fp32_precision = "none"


@cache
def worthwhile() -> bool:
    """Whether this is a processor on which oneDNN was seen to be faster and stays in single precision, as far as
    products of many shapes show."""
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    faster = str(capabilities.get("cpu_name", "")).startswith("AMD") and capabilities.get("avx512_f", False)
    reduced = any(name.startswith("amx") and there for name, there in capabilities.items())
    if not faster or reduced or not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return False
    return all(rougher(*shape) < ROUGHER for shape in SHAPES)


def rougher(rows: int, inner: int, columns: int) -> float:
    """The largest error of products by oneDNN, of a matrix, of many and of the transposed, over those by the BLAS."""
    generator = torch.Generator().manual_seed(0)
    left, right = (
        torch.rand(shape, generator=generator, dtype=torch.float32, device="cpu")
        for shape in ((rows, inner), (inner, columns))
    )
    exact, before = left.double() @ right.double(), SETTING.fp32_precision
    try:
        with torch.autocast("cpu", enabled=False):
            SETTING.fp32_precision = "ieee"
            plain = _error(left, right, exact)
            SETTING.fp32_precision = "bf16"
            return _error(left, right, exact) / plain
    finally:
        SETTING.fp32_precision = before


def _error(left: Tensor, right: Tensor, exact: Tensor) -> float:
    found = torch.stack([left @ right, (right.T @ left.T).T, torch.bmm(left[None], right[None])[0]])
    return (found - exact).abs().max().item()


def _matrices(net: nn.Module) -> list[torch.Size]:
    return [weight.shape for weight in net.parameters() if weight.dim() == 2 and min(weight.shape) > 1]


def _possible(options: Options, device: torch.device, dtype: torch.dtype) -> bool:
    single = device.type == "cpu" and dtype == torch.float32
    return options.products == "auto" and single and not _chosen() and worthwhile()


def _enough() -> float:
    return ENOUGH * torch.get_num_threads()


def _chosen() -> bool:
    """Whether there is nothing to set, or the user has set something, by whichever name."""
    return getattr(SETTING, "fp32_precision", "") != "none"
