"""Values inside PromQL: no name of a machine can change a query. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable


def string(value: str) -> str:
    """A PromQL string literal that stands for exactly ``value``."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def one_of(label: str, values: Iterable[str]) -> str:
    """A matcher that lets exactly these values of a label through (RE2, anchored).

    Only what RE2 has a meaning for is escaped: an escaped dash or letter of other scripts is an
    error there.
    """
    quoted = "|".join(re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", value) for value in values)
    return f"{label}=~{string(quoted)}"
