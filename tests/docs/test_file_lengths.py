"""A file of the product that grew past 300 lines does more than one thing, and is taken apart."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import REPOSITORY
from tests.docs.test_dynamic_imports import ROOMS

MOST = 300
WRITTEN = ("*.py", "*.c", "*.h")


def test_no_file_of_the_product_is_longer() -> None:
    found = {
        str(file.relative_to(REPOSITORY)): lines
        for room in ROOMS
        for pattern in WRITTEN
        for file in (REPOSITORY / room).rglob(pattern)
        # What cffi generates, in the trees of a build.
        if not file.name.startswith("_") or file.name == "__init__.py"
        if (lines := _lines(file)) > MOST
    }
    assert found == {}


def _lines(file: Path) -> int:
    return len(file.read_bytes().splitlines())
