"""Memory in bytes with which kernels that fill a multiple of the cache soon start anew."""

from __future__ import annotations

from dataclasses import replace

from cffi_burn.kernel import Kernel, all_kernels

# membw: five grains a pass; memlat: 1,024 lines.
SMALL_MEMORY = {"membw": 5 * 3 * 4096 * 8 + 2 * 1088, "memlat": 65_536}
MEBIBYTES_4 = 4 << 20


def with_memory(name: str, memory_bytes: int = MEBIBYTES_4) -> Kernel:
    """A kernel with its own memory, or so much where the caller decides that."""
    kernel = all_kernels()[name]
    return replace(kernel, memory_bytes=kernel.memory_bytes or memory_bytes)
