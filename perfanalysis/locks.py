"""Locks between processes: a file that one holds at a time (flock(2)).

The kernel gives a lock back when its holder dies, however that comes about.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """Another process holds the lock."""


class FileLock:
    """A file, made when it is missing, that is held from the construction on until ``release``.

    Args:
        path: of the file; its folder must exist. It is for its owner alone.
        wait: whether to wait for whoever holds it.

    Raises:
        LockedError: another one holds it, and nobody waits.
        OSError: the file cannot be opened or made.
    """

    def __init__(self, path: Path, *, wait: bool) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise LockedError(str(path)) from error
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Let others hold it; once."""
        os.close(self._descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock, and hold it while the block runs.

    Raises:
        OSError: the file cannot be opened or made.
    """
    lock = FileLock(path, wait=True)
    try:
        yield
    finally:
        lock.release()
