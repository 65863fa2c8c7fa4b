"""Where the picture of a panel stands that runbooks show. Pure."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path("docs/images/panels")


def picture_of(dashboard: str, title: str) -> Path:
    """The picture of a dashboard's panel, by its path in the repository."""
    words = re.sub(r"[^a-z0-9]+", "-", f"{dashboard} {title}".lower().replace("'", ""))
    return FOLDER / f"{words.strip('-')}.png"
