"""The kernels' arithmetic in Python, for checksum tests: slow, plain, and read beside the C.

Each module is named as the file of its kernels.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType


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
    small_memory_bytes: int | None


def find(kernel: str) -> Reference:
    """The reference of a kernel: the function ``checksum`` of its module.

    A module may say ``SMALL_MEMORY_BYTES``. Where a file has several kernels whose work differs,
    its module has their functions in ``CHECKSUMS``, by the kernels' names.

    Args:
        kernel: its name.

    Raises:
        ModuleNotFoundError: there is none.
    """
    module = _module(kernel)
    checksums = getattr(module, "CHECKSUMS", {})
    checksum = checksums[kernel] if checksums else module.checksum
    return Reference(checksum, getattr(module, "SMALL_MEMORY_BYTES", None))


def _module(kernel: str) -> ModuleType:
    """That of its own name, or of its file's: ``memread`` for ``memread_16k``."""
    try:
        return importlib.import_module(f"{__name__}.{kernel}")
    except ModuleNotFoundError:
        family, _, rest = kernel.rpartition("_")
        if not rest or not family:
            raise
        return importlib.import_module(f"{__name__}.{family}")
