"""The kernels' arithmetic in Python, for checksum tests: slow, plain, and read beside the C.

Each module is named as the file of its kernels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cffi_burn.reference import (
    compress_zlib5,
    compress_zstd7,
    crypto,
    divide,
    integer,
    interpreter,
    membw,
    memlat,
    memread,
    rmw,
    system,
    vector,
)


@dataclass(frozen=True)
class Reference:
    """What a kernel is held against.

    Attributes:
        checksum: takes a number of grains and the worker's memory in bytes, and returns the
            checksum of all these grains, as ``Worker.run`` does.
        small_memory_bytes: of a kernel that goes through much memory: with so little, or less, it
            soon starts anew; None: it works in its own memory only.
    """

    checksum: Callable[[int, int], int]
    small_memory_bytes: int | None = None


def _each(
    checksums: Mapping[str, Callable[[int, int], int]], small_memory_bytes: int | None = None
) -> dict[str, Reference]:
    return {name: Reference(one, small_memory_bytes) for name, one in checksums.items()}


# By the kernels' names, or by their file's where its kernels do the same: ``memread_16k``.
REFERENCES: Mapping[str, Reference] = {
    "compress_zlib5": Reference(compress_zlib5.checksum, compress_zlib5.SMALL_MEMORY_BYTES),
    "compress_zstd7": Reference(compress_zstd7.checksum, compress_zstd7.SMALL_MEMORY_BYTES),
    **_each(crypto.CHECKSUMS),
    "divide": Reference(divide.checksum),
    "integer": Reference(integer.checksum),
    "interpreter": Reference(interpreter.checksum),
    "membw": Reference(membw.checksum, membw.SMALL_MEMORY_BYTES),
    **_each(memlat.CHECKSUMS, memlat.SMALL_MEMORY_BYTES),
    "memread": Reference(memread.checksum, memread.SMALL_MEMORY_BYTES),
    "rmw": Reference(rmw.checksum),
    **_each(system.CHECKSUMS),
    "vector": Reference(vector.checksum),
}


def find(kernel: str) -> Reference:
    """The reference of a kernel.

    Args:
        kernel: its name.

    Raises:
        KeyError: there is none.
    """
    return REFERENCES.get(kernel) or REFERENCES[kernel.rpartition("_")[0]]
