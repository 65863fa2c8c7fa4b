"""The small files of /proc and /sys: their text, or nothing where the kernel does not have them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def text(path: Path) -> str:
    """A file's text without white space at its ends; empty when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0 \t\n")
    except OSError:
        return ""


def number(path: Path, scale: int = 1) -> int | None:
    """A file that holds one whole number, times ``scale``; None when it does not."""
    try:
        return int(text(path)) * scale
    except ValueError:
        return None


def known(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts that are known: without None, empty texts and empty collections."""
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}
