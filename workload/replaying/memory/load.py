"""Memory and page cache follow the recording, in a thread of their own."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.load import ResourceTick, Stopped
from workload.replaying.memory.anonymous import AnonymousMemory, be_first_to_go
from workload.replaying.memory.cached_file import CachedFile
from workload.replaying.memory.reserve import MemoryReading, read_memory
from workload.replaying.replay_tick import ReplayTick

LOOK_SECONDS = 0.2
# Of the time before the first tick; what is missing then is taken while it goes on.
PREPARE_SECONDS = 60.0
CHUNK = 4 << 20
# Between two looks at the counters, so that what others take meanwhile is seen.
MOST_CHUNKS = 16


class HeldMemory(Protocol):
    """What grows and shrinks by chunks."""

    @property
    def held(self) -> int:
        """Bytes."""

    def grow(self) -> None:
        """Take one chunk more."""

    def shrink(self) -> None:
        """Give one chunk back."""


class MemoryLimits(NamedTuple):
    """What may be held: the reserve in bytes, and whether all of the machine's use counts."""

    reserve: int
    machine: bool = True


def chunks_wanted(target: float, used: int, held: int, room: int) -> int:
    """How many chunks to take (above 0) or to give back, now. Pure.

    Args:
        target: bytes that are to be in use; NaN: as it is.
        used: that are.
        held: that we hold, a part of them.
        room: that may be taken; below 0: that must be given back, whatever the target.
    """
    allowed = math.floor(room / CHUNK)
    wanted = 0 if math.isnan(target) else round((target - used) / CHUNK)
    return max(min(wanted, allowed), -(held // CHUNK))


class MemoryLoad:
    """Drives memory and, where there is a file for it, page cache.

    Args:
        limits: what may be held.
        cached: whose pages fill the cache; None: it is not driven.
        read: reads the counters.
    """

    def __init__(
        self,
        limits: MemoryLimits,
        cached: CachedFile | None,
        read: Callable[[], MemoryReading] = read_memory,
    ) -> None:
        self._limits = limits
        self._read = read
        self._cached = cached
        self._anonymous = AnonymousMemory(lock=read().swap > 0)
        self._tick = ReplayTick(0.0)
        self._news = threading.Event()
        self._settled = threading.Event()
        self._stopped = False
        self._failure: PerfAnalysisError | None = None
        self._thread = threading.Thread(target=self._follow, name="replay-memory", daemon=True)

    def __enter__(self) -> MemoryLoad:
        be_first_to_go()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped = True
        self._news.set()
        self._thread.join()
        self._anonymous.release()
        if self._cached is not None:
            self._cached.release()

    def prepare(self, tick: ReplayTick, stopped: Stopped) -> None:
        """See ``Load.prepare``: what is held then is there before the first tick."""
        self._tick = tick
        self._settled.clear()
        self._news.set()
        deadline = now() + PREPARE_SECONDS
        while not self._settled.wait(LOOK_SECONDS) and not stopped() and now() < deadline:
            continue

    def begin(self, tick: ReplayTick, at: float) -> None:
        """See ``Load.begin``."""
        del at
        self._tick = tick
        self._news.set()

    def steer(self, at: float, until: float) -> None:
        """See ``Load.steer``: the thread does that.

        Raises:
            PerfAnalysisError: the counters cannot be read any more.
        """
        del at, until
        if self._failure is not None:
            raise self._failure

    def finish(self, at: float) -> list[ResourceTick]:
        """See ``Load.finish``."""
        del at
        found = self._read()
        limit = self._held_at_most(found)
        memory = ResourceTick("memory", self._tick.memory_bytes, self._used(found), limit)
        if self._cached is None:
            return [memory]
        cache = ResourceTick("page_cache", self._tick.page_cache_bytes, self._cache(found))
        return [memory, cache]

    def _used(self, found: MemoryReading) -> int:
        return found.used if self._limits.machine else self._anonymous.held

    def _cache(self, found: MemoryReading) -> int:
        assert self._cached is not None
        return found.page_cache if self._limits.machine else self._cached.held

    def _held_at_most(self, found: MemoryReading) -> float:
        """The most that can be in use without touching the reserve."""
        return self._used(found) + max(0, found.room(self._limits.reserve))

    def _follow(self) -> None:
        try:
            while not self._stopped:
                if not self._look():
                    self._settled.set()
                    self._news.wait(LOOK_SECONDS)
                    self._news.clear()
        except PerfAnalysisError as error:
            self._failure = error
            self._settled.set()

    def _look(self) -> bool:
        """One look, and what follows from it; whether there is more to do at once."""
        found = self._read()
        room = found.room(self._limits.reserve)
        if swapped := self._anonymous.swapped():
            room = -swapped
        used = self._used(found)
        wanted = chunks_wanted(self._tick.memory_bytes, used, self._anonymous.held, room)
        more = self._carry_out(self._anonymous, wanted)
        if self._cached is None:
            return more
        # Pages of files give way to programs, but never what is free for these within the reserve.
        free = min(room, found.free - self._limits.reserve) - max(0, wanted) * CHUNK
        target, held = self._tick.page_cache_bytes, self._cached.held
        wanted = chunks_wanted(target, self._cache(found), held, free)
        return self._carry_out(self._cached, wanted) or more

    def _carry_out(self, memory: HeldMemory, chunks: int) -> bool:
        """Take or give back some chunks; whether some are left to be taken."""
        for _ in range(-chunks):
            memory.shrink()
        with contextlib.suppress(OSError):
            for _ in range(min(chunks, MOST_CHUNKS)):
                # A chunk may take a tenth of a second on a busy machine: nobody waits for several.
                if self._stopped:
                    return False
                memory.grow()
            return chunks > MOST_CHUNKS
        return False
