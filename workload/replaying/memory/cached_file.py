"""Page cache that is held: pages of a file of our own, read in and given up again.

The file is empty but for its length: reading what was never written fills pages of the cache, and
no disk is asked (ext4, XFS, Btrfs). Others may push the pages out: they are read again when the
counters say so.
"""

from __future__ import annotations

import os

CHUNK = 4 << 20


class CachedFile:
    """A file whose first ``held`` bytes were read.

    Args:
        descriptor: of an own file that may grow; the caller closes it.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray(CHUNK)
        self.held = 0

    def grow(self) -> None:
        """Read one chunk more.

        Raises:
            OSError: the file may not grow so far.
        """
        end = self.held + CHUNK
        if os.fstat(self._descriptor).st_size < end:
            os.truncate(self._descriptor, end)
        os.preadv(self._descriptor, [self._buffer], self.held)
        self.held = end

    def shrink(self) -> None:
        """Give one chunk up."""
        if self.held:
            self.held -= CHUNK
            os.posix_fadvise(self._descriptor, self.held, CHUNK, os.POSIX_FADV_DONTNEED)

    def release(self) -> None:
        """Give all of it up."""
        os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        self.held = 0
