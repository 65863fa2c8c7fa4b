"""How much memory each worker of a kernel gets, so that no cache holds what it works on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cffi_burn.kernel import Kernel
from perfanalysis.machines.facts.memory import cache_of

# The workers of one cache go through this many times its size before they come to a line again. A
# cache that forgets the oldest first serves nothing from one size on; one that forgets at random
# still serves a line in 17 at three sizes, one in 5 at two.
CACHES = 3
# Of one worker, however many share the cache: what lies closer to a core than the last cache holds
# up to 4 MiB, and small pages are found without a walk up to 16 MiB.
LEAST_BYTES = 32 << 20
# Where the last cache is unknown, each worker counts as alone on one of this size.
USUAL_CACHE_BYTES = 32 << 20
# Memory comes in pages of this size where it may.
PAGE_BYTES = 2 << 20


@dataclass(frozen=True)
class LastCache:
    """The last-level cache of a CPU.

    Attributes:
        bytes: its size.
        cpus: those that share it, as the kernel writes them (``0-3,8``); empty: unknown.
    """

    bytes: int
    cpus: str = ""


def sizes(caches: Sequence[LastCache | None]) -> tuple[int, ...]:
    """The memory of each worker in bytes.

    The k-th worker of a cache gets three times its size divided by k. So any first k of them go
    together through at least three times the cache between two visits of a line: all of them at
    full load as well as the first one alone. n workers take 3 (1 + 1/2 + ... + 1/n) times their
    cache, or what is the least for each where that is more.

    Args:
        caches: of the workers' CPUs, in the order in which workers are set to work; None: unknown.
    """
    before: Counter[LastCache] = Counter()
    found = []
    for cache in caches:
        size, number = USUAL_CACHE_BYTES, 1
        if cache is not None:
            size = cache.bytes
            # Without the list of CPUs nothing says that two of them share one.
            if cache.cpus:
                before[cache] += 1
                number = before[cache]
        wanted = max(LEAST_BYTES, -(-CACHES * size // number))
        found.append(-(-wanted // PAGE_BYTES) * PAGE_BYTES)
    return tuple(found)


def of_workers(kernel: Kernel, cpus: Sequence[int], root: Path = Path("/")) -> tuple[int, ...]:
    """The memory of a kernel's workers in bytes.

    Args:
        kernel: what is run.
        cpus: of the workers, in their order.
        root: holds sys.
    """
    if kernel.memory_bytes:
        return (kernel.memory_bytes,) * len(cpus)
    found = (cache_of(cpu, root) for cpu in cpus)
    return sizes([LastCache(*entry) if entry else None for entry in found])
