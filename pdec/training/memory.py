"""Whether a run fits into memory, asked before it begins: one that does not stalls the machine before it fails."""

from __future__ import annotations

import os

import torch

from pdec.choice import expected_bytes
from pdec.options import Options
from pdec.problem import Problem
from pdec.training import launch
from pdec.training.errors import TrainingError
from pdec.training.ranks import Ranks

SURE = 1.5
"""So many times the memory there is must be expected before a run is refused: predictions are right within two."""


def refuse_what_does_not_fit(
    problem: Problem, options: Options, device: torch.device, ranks: Ranks | None = None
) -> None:
    """Raises TrainingError where a run with the usual network is expected to need far more memory than there is for it,
    or for the parts of it that `ranks` have on this machine."""
    expected, there = expected_bytes(problem, options), memory_of(device)
    if ranks is not None and not ranks.alone:
        expected *= (launch.local_size() if device.type == "cpu" else 1) / ranks.size
    if expected > SURE * there:
        cheaper = "--method stein, " if options.method != "stein" else ""
        raise TrainingError(
            f"a step by {options.method} is expected to need {size(expected)} of memory, and there are {size(there)}; "
            f"try {cheaper}fewer --points, --pieces {2 * options.pieces} or a smaller --width"
        )


def memory_of(device: torch.device) -> float:
    """Bytes of memory of a device; infinity where that is not known."""
    if device.type == "cuda":
        return float(torch.cuda.get_device_properties(device).total_memory)
    return memory_of_the_machine() if device.type == "cpu" else float("inf")


def memory_of_the_machine() -> float:
    """Bytes of physical memory; infinity where the system does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def size(count: float) -> str:
    """A number of bytes in words: 3.2 MiB."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.3g} {unit}"
        count /= 1024
    return f"{count:.3g} GiB"
