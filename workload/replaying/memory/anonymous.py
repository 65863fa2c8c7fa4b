"""Anonymous memory that is held: in chunks, each of which is there at once, and never in swap."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
from pathlib import Path

from workload.replaying.memory.reserve import parse_meminfo

CHUNK = 4 << 20
STATUS = Path("/proc/self/status")


class AnonymousMemory:
    """Chunks of memory that this process holds.

    Args:
        lock: whether to keep them from being swapped out, where that is allowed (mlock(2)).
    """

    def __init__(self, *, lock: bool) -> None:
        self._chunks: list[mmap.mmap] = []
        self._lock = lock
        self._libc = ctypes.CDLL(None, use_errno=True)

    @property
    def held(self) -> int:
        """Bytes."""
        return len(self._chunks) * CHUNK

    def grow(self) -> None:
        """Take one chunk more.

        Raises:
            OSError: the system has none.
        """
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        chunk = mmap.mmap(-1, CHUNK, flags=flags)
        # Large pages are quicker to get and to give back; where there are none, small ones do.
        if hasattr(mmap, "MADV_HUGEPAGE"):
            with contextlib.suppress(OSError):
                chunk.madvise(mmap.MADV_HUGEPAGE)
        for place in range(0, CHUNK, mmap.PAGESIZE):
            chunk[place] = 1
        if self._lock and not self._locked(chunk):
            self._lock = False
        self._chunks.append(chunk)

    def _locked(self, chunk: mmap.mmap) -> bool:
        # The address is asked for each time: the view must be gone before the chunk is closed.
        view = ctypes.c_char.from_buffer(chunk)
        done = self._libc.mlock(ctypes.c_void_p(ctypes.addressof(view)), ctypes.c_size_t(CHUNK))
        del view
        return bool(done == 0)

    def shrink(self) -> None:
        """Give one chunk back."""
        if self._chunks:
            self._chunks.pop().close()

    def release(self) -> None:
        """Give all of it back."""
        while self._chunks:
            self.shrink()

    def swapped(self) -> int:
        """Bytes of this process that lie in swap."""
        try:
            return parse_meminfo(STATUS.read_text().replace("\t", " ")).get("VmSwap", 0)
        except (OSError, ValueError):
            return 0


def be_first_to_go() -> None:
    """Tell the kernel to kill this process before any other when memory runs out."""
    # Where that is refused, there is still the reserve.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
