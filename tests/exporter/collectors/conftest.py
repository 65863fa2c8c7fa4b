"""Small trees of a machine's files, written by the test that reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files below a tree's /sys (or /proc), and give the tree."""

    def make(files: dict[str, str]) -> Path:
        (tmp_path / "proc").mkdir(exist_ok=True)
        (tmp_path / "sys").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name if name.startswith("proc/") else tmp_path / "sys" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make
