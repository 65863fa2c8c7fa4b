"""Libraries opened by the names that the system's loader knows, without a search for each name."""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_search() -> Iterator[None]:
    """Leave out cffi's search for libraries, on Linux, while a module is imported.

    WeasyPrint tries several names for each of its libraries. For each that is no file's name, cffi
    has ``ctypes.util.find_library`` run ldconfig, gcc and ld: 0.2 s and more in all, longer than
    the rest of the import takes. The loader itself finds the sonames, which are among the names.
    """
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = _nothing
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _nothing(name: str) -> None:
    """Like ``find_library`` that finds none."""
