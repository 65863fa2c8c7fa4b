"""The family of the compiler that built a kernel: what its machine code may depend on. Pure."""

from __future__ import annotations

import re


def family(version: str) -> str | None:
    """The family of a compiler by its version text, such as ``Debian Clang 14.0.6``; None: none."""
    if "clang" in version.lower():
        return "clang"
    word = re.match(r"[A-Za-z]+", version)
    return word[0].lower() if word else None
