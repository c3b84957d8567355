"""What a launcher such as torchrun says about this process, in its environment. No torch here: the command line asks
before it loads any.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator


def launched() -> bool:
    """Whether a launcher started this process: torchrun, or one that sets the same variables."""
    return all(os.environ.get(name) for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR"))


def rank() -> int:
    """The number of this process among those of its launcher, from 0."""
    return _number("RANK", 0) if launched() else 0


def size() -> int:
    """How many processes the launcher started, on all machines; 1 without a launcher."""
    return max(1, _number("WORLD_SIZE", 1)) if launched() else 1


def local_rank() -> int:
    """The number of this process on its machine."""
    return _number("LOCAL_RANK", 0)


def local_size() -> int:
    """How many processes there are on this machine."""
    return max(1, _number("LOCAL_WORLD_SIZE", 1))


def restarts() -> int:
    """How often torchrun has started this process anew, after one of them had failed."""
    return _number("TORCHELASTIC_RESTART_COUNT", 0)


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Within, only the first process can be heard: what the others print is what it prints."""
    if rank() == 0:
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def leave(status: int) -> None:
    """End a process that trained with others, with this exit status: at once, without undoing what it has built up.

    In two of forty runs a thread of torch's process groups aborted it in that (torch 2.13), when all was done; its
    launcher takes it for one that failed then."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdecimal() else default
