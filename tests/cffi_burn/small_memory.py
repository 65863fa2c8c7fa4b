"""Kernels with little memory, so that those that go through much of it soon start anew."""

from __future__ import annotations

from dataclasses import replace

from cffi_burn import reference
from cffi_burn.kernel import Kernel, all_kernels

MEBIBYTES_4 = 4 << 20


def with_memory(name: str, memory_bytes: int = MEBIBYTES_4) -> Kernel:
    """A kernel with its own memory, or so much where the caller decides that."""
    kernel = all_kernels()[name]
    return replace(kernel, memory_bytes=kernel.memory_bytes or memory_bytes)


def small(name: str) -> Kernel:
    """A kernel with its own memory, or the little that its reference names."""
    kernel = all_kernels()[name]
    limit = reference.find(name).small_memory_bytes
    if limit is None:
        return kernel
    return replace(kernel, memory_bytes=min(kernel.memory_bytes or limit, limit))
