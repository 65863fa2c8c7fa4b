"""Where PostgreSQL's programs are: installed, on PATH, or unpacked by scripts/setup-tests."""

from __future__ import annotations

import shutil
from pathlib import Path

_TOOLS = Path(__file__).resolve().parents[1] / ".tools"
_FOLDERS = (Path("/"), *sorted(_TOOLS.glob("postgresql-*")))


def programs() -> Path | None:
    """Their folder; None: it is not here."""
    for folder in _FOLDERS:
        found = sorted(folder.glob("usr/lib/postgresql/*/bin/postgres"))
        if found:
            return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None
