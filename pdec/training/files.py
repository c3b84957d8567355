"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file, text as UTF-8, by way of a temporary one beside it: an earlier file survives any failure, and a
    power cut leaves one of the two, whole.

    Raises OSError, which names `path`, where the folder cannot be written or the disk is full.
    """
    if path.is_dir():  # before the folder around it, which may not even be writable, is blamed
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    data = content.encode() if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:  # it names the temporary file, of which nobody knows
        raise OSError(error.errno, error.strerror, str(path)) from error
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Have the names of a folder on the disk too, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove_leftovers(path: Path) -> None:
    """Remove what writers of `path` left beside it when they were killed."""
    for file in path.parent.glob(f".{path.name}.*"):
        with contextlib.suppress(OSError):
            file.unlink()
