"""The own file of a device: filled once, then read and written past the page cache."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import random
from collections.abc import Callable
from pathlib import Path

from perfanalysis.errors import PerfAnalysisError
from workload.replaying.disk.target_disk import TargetDisk

# What stays free on a file system when nobody says how much: of its size, and at least so much.
RESERVE_SHARE = 0.05
LEAST_RESERVE = 1 << 30
FILL_BYTES = 1 << 20


def default_reserve(folder: Path) -> int:
    """The bytes that stay free on the file system of a folder."""
    found = os.statvfs(folder)
    return max(LEAST_RESERVE, int(found.f_blocks * found.f_frsize * RESERVE_SHARE))


def free_bytes(descriptor: int) -> int:
    """What anybody may still write to the file system of a file."""
    found = os.fstatvfs(descriptor)
    return found.f_bavail * found.f_frsize


class TargetFile:
    """A file that is read and written in blocks.

    Args:
        descriptor: of an own, empty file; the caller closes it.
        folder: where it is, for messages.
        size: bytes that it is to have.
        reserve: bytes that stay free beside it.

    Raises:
        PerfAnalysisError: the file system has not so much room.
    """

    def __init__(self, descriptor: int, folder: Path, size: int, reserve: int) -> None:
        self.disk = TargetDisk(folder)
        self._descriptor = descriptor
        self._reserve = reserve
        self.size = max(size // FILL_BYTES, 2) * FILL_BYTES
        if free_bytes(descriptor) - self.size < reserve:
            raise PerfAnalysisError(
                f"{folder}: {free_bytes(descriptor)} bytes are free, less than the file of "
                f"{self.size} bytes and the reserve of {reserve} bytes: choose another folder, a "
                "smaller readsize in the map, or a smaller --reserve-disk"
            )
        self.direct = self._go_direct()

    def fill(self, going_on: Callable[[], None]) -> None:
        """Write all of it once: what was never written is read without the disk.

        Args:
            going_on: called between two writes; what it raises ends this.

        Raises:
            PerfAnalysisError: it cannot be written.
        """
        content = buffer(FILL_BYTES)
        try:
            for place in range(0, self.size, FILL_BYTES):
                going_on()
                os.pwritev(self._descriptor, [content], place)
            os.fsync(self._descriptor)
        except OSError as error:
            raise PerfAnalysisError(f"the file of a disk: {error.strerror}") from error

    def _go_direct(self) -> bool:
        """Past the page cache from here on, where the file system has that (O_DIRECT)."""
        flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
        try:
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
            os.pwritev(self._descriptor, [buffer(FILL_BYTES)], 0)
        except OSError:
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags)
            return False
        return True

    def write(self, content: mmap.mmap, size: int, places: random.Random) -> None:
        """Write so many bytes somewhere, and have the disk have them."""
        place = self._place(size, places)
        os.pwritev(self._descriptor, [memoryview(content)[:size]], place)
        if not self.direct:
            os.fdatasync(self._descriptor)

    def read(self, into: mmap.mmap, size: int, places: random.Random) -> None:
        """Read so many bytes from somewhere on the disk."""
        place = self._place(size, places)
        if not self.direct:
            os.posix_fadvise(self._descriptor, place, size, os.POSIX_FADV_DONTNEED)
        os.preadv(self._descriptor, [memoryview(into)[:size]], place)

    def _place(self, size: int, places: random.Random) -> int:
        block = self.disk.block
        return places.randrange((self.size - size) // block + 1) * block

    def has_room(self) -> bool:
        """Whether the reserve is untouched."""
        return free_bytes(self._descriptor) >= self._reserve

    def give_up(self) -> None:
        """Give its room back."""
        os.ftruncate(self._descriptor, 0)


def buffer(size: int) -> mmap.mmap:
    """Memory for such operations: whole pages, of bytes that nothing makes smaller."""
    memory = mmap.mmap(-1, size)
    memory.write(os.urandom(size))
    return memory
