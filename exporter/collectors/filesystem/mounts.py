"""The space of mounted file systems; those that may never answer are asked in their own threads."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

TIMED_OUT = "mountpoint timeout"

# File systems that a network or another process answers for.
_SLOW_TYPES = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ceph|9p|afs|coda|ncpfs|lustre|gpfs|beegfs|ocfs2|gfs2|virtiofs|"
    r"(fuse|fuseblk)(\..+)?|glusterfs|davfs2?|orangefs"
)


class Space(NamedTuple):
    """Sizes in bytes and numbers of files of a file system."""

    size: int
    free: int
    available: int
    files: int
    files_free: int


def measure(path: str) -> Space | str:
    """The space of the file system at a path, or the error that the kernel gave, in words."""
    try:
        facts = os.statvfs(path)
    except OSError as error:
        return (error.strerror or "error").lower()
    except ValueError:
        # A path with a null byte.
        return "invalid argument"
    # statfs(2) counts in f_bsize, which is what node_exporter multiplies with.
    block = facts.f_bsize
    return Space(
        facts.f_blocks * block,
        facts.f_bfree * block,
        facts.f_bavail * block,
        facts.f_files,
        facts.f_ffree,
    )


class _Question:
    """One path, asked in a thread of its own."""

    def __init__(self, path: str) -> None:
        self.answered = threading.Event()
        self.answer: Space | str = TIMED_OUT
        self._path = path
        threading.Thread(target=self._ask, daemon=True, name="statvfs").start()

    def _ask(self) -> None:
        self.answer = measure(self._path)
        self.answered.set()


class SlowMounts:
    """Asks for the space of mounts that may hang; one that does is not asked again meanwhile.

    Args:
        limit: seconds that all of them together have for their answers.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._open: dict[str, _Question] = {}
        self._late: set[str] = set()
        self._answers: dict[str, Space | str] = {}

    @staticmethod
    def is_slow(type_: str) -> bool:
        """Whether file systems of that type may hang."""
        return _SLOW_TYPES.fullmatch(type_) is not None

    def ask(self, paths: Sequence[str]) -> None:
        """Ask for all paths at once, and wait for the answers up to the limit."""
        if not paths and not self._open:
            return
        end = monotonic() + self._limit
        for path in paths:
            if path not in self._open:
                self._open[path] = _Question(path)
        self._answers = {}
        for path, question in list(self._open.items()):
            # One that was late before has had its time.
            wait = 0.0 if path in self._late else max(0.0, end - monotonic())
            if question.answered.wait(wait):
                self._answers[path] = question.answer
                self._late.discard(path)
                del self._open[path]
            else:
                self._late.add(path)

    def answer(self, path: str) -> Space | str:
        """The answer for a path, or the words for one that did not come in time."""
        return self._answers.get(path, TIMED_OUT)
