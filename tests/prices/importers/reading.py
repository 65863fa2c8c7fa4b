"""Small files of our own, and what an importer says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price


def written(path: Path, value: Any) -> Path:
    """A file with this text, or this as JSON."""
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def read_all(
    importer: PriceImporter, path: Path, options: Mapping[str, str] | None = None
) -> tuple[list[Price], ImportAccount]:
    """All prices of a file, and the account."""
    account = ImportAccount()
    return list(importer.read(path, options or {}, account)), account
