"""The kernels' arithmetic in Python, for checksum tests: slow, plain, and read beside the C.

Each module is named as its kernel.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """What a kernel is held against.

    Attributes:
        checksum: takes a number of grains and the worker's memory in bytes, and returns the
            checksum of all these grains, as ``Worker.run`` does.
        small_memory_bytes: of a kernel that goes through more memory than the caches hold: with so
            little it soon starts anew; None: the kernel's memory has always one size.
    """

    checksum: Callable[[int, int], int]
    small_memory_bytes: int | None


def find(kernel: str) -> Reference:
    """The reference of a kernel: the function ``checksum`` of its module.

    A module may say ``SMALL_MEMORY_BYTES``.

    Args:
        kernel: its name.

    Raises:
        ModuleNotFoundError: there is none.
    """
    module = importlib.import_module(f"cffi_burn.reference.{kernel}")
    return Reference(module.checksum, getattr(module, "SMALL_MEMORY_BYTES", None))
