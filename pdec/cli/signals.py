"""SIGINT and SIGTERM while a network is trained: the step is finished and saved first; the second time, at once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

TOGETHER = 5.0
"""Seconds within which signals are one to a process that has a launcher: who stops it, and then its launcher too."""


class Interruption:
    """Whether a signal came: its number, or 0."""

    def __init__(self, *, launched: bool = False) -> None:
        self.signal = 0
        self._apart = TOGETHER if launched else 0.0
        self._since = -self._apart
        self.gentle: Callable[[], None] | None = None  # what to do instead of raising, the first time

    @property
    def status(self) -> int:
        """The exit status: 128 and the number of the signal, 0 without one."""
        return 128 + self.signal if self.signal else 0

    def noticed(self) -> None:
        """A KeyboardInterrupt was caught, which need not come from here."""
        self.signal = self.signal or signal.SIGINT

    def elsewhere(self) -> None:
        """Another process of the same run has had a signal, which may be on its way to this one."""
        if not self.signal:
            self.signal, self._since = signal.SIGTERM, time.monotonic()

    def __str__(self) -> str:
        return "terminated" if self.signal == signal.SIGTERM else "interrupted"

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if time.monotonic() < self._since + self._apart:
            return
        self.signal, self._since = number, time.monotonic()
        gentle, self.gentle = self.gentle, None
        if gentle is None:
            raise KeyboardInterrupt
        gentle()


@contextmanager
def interruptible(*, launched: bool = False) -> Iterator[Interruption]:
    """Within, both signals go to the Interruption that is given."""
    handler = Interruption(launched=launched)
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield handler
    finally:
        for number, old in before.items():
            signal.signal(number, old)
