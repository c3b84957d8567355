"""What a computation holds in memory, and an end to it where it takes too long or too much."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from pdec.training.memory import memory_of_the_machine, size


class OutOfBudgetError(RuntimeError):
    """A computation was stopped: `what` is "time" or "memory"."""

    def __init__(self, what: str, message: str) -> None:
        super().__init__(message)
        self.what = what


class Meter(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's own __init_subclass__
    """Counts the bytes of all tensors that come to life while it is on: `live` now, `peak` at most.

    The count is exact for tensors, views and what backward keeps included, and knows nothing of what is inside one
    operation or of the allocator's spare memory. Before each operation it raises OutOfBudgetError where the `deadline`
    (of the function `now`) is past or more than `limit` bytes are live: this ends a chain of backward passes in the
    middle, which nothing outside could do.
    """

    def __init__(
        self, deadline: float = float("inf"), limit: float = float("inf"), now: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.live = self.peak = 0
        self.deadline, self.limit, self.now = deadline, limit, now
        self._seen: set[int] = set()

    def __torch_dispatch__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if self.now() > self.deadline:
            raise OutOfBudgetError("time", "took too long")
        if self.live > self.limit:
            raise OutOfBudgetError("memory", f"took more than {size(self.limit)} of memory")
        result = func(*args, **(kwargs or {}))
        for value in tree_iter(result):
            if isinstance(value, Tensor):
                self._note(value)
        return result

    def _note(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        key, count = id(storage), storage.nbytes()
        if key not in self._seen:
            self._seen.add(key)
            self.live += count
            self.peak = max(self.peak, self.live)
            weakref.finalize(storage, self._forget, key, count)

    def _forget(self, key: int, count: int) -> None:
        self._seen.discard(key)
        self.live -= count


def clock(device: torch.device) -> Callable[[], float]:
    """Seconds of this process where it computes on one thread, which other processes cannot lengthen by taking the
    processor; else, where threads wait for each other or a device works, seconds on the wall."""
    alone = device.type == "cpu" and torch.get_num_threads() == 1
    return time.process_time if alone else time.perf_counter


def peak_bytes(work: Callable[[], object], device: torch.device, deadline: float = float("inf")) -> int:
    """The most bytes that `work`, which starts from nothing, holds in tensors on `device` at one time.

    The deadline is one of `clock(device)`. On CUDA it is what the allocator says. Raises OutOfBudgetError.
    """
    cuda = device.type == "cuda"
    if cuda:
        torch.cuda.synchronize(device)
        before = torch.cuda.memory_allocated(device)
        torch.cuda.reset_peak_memory_stats(device)
    with Meter(deadline, float("inf") if cuda else 0.6 * memory_of_the_machine(), clock(device)) as meter:
        work()
    return torch.cuda.max_memory_allocated(device) - before if cuda else meter.peak
