"""What can go wrong in training. Apart from the loop, so that it can be caught without importing torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class TrainingError(RuntimeError):
    """Training cannot go on: the loss is infinite or not a number, or a checkpoint cannot be used."""


class LostError(TrainingError):
    """Another process of the run has ended or failed; what there was to say, it has said."""


class NotFiniteError(TrainingError):
    """The loss is infinite or not a number on `batch` (point set -> points)."""

    def __init__(self, message: str, batch: Mapping[str, Tensor]) -> None:
        super().__init__(message)
        self.batch = batch
