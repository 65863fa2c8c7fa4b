"""Loads all that draws, for a process that waits for its order meanwhile."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from reporter import charts


def load() -> None:
    """Import every chart, and matplotlib with them."""
    for module in pkgutil.iter_modules(charts.__path__):
        import_module(f"{charts.__name__}.{module.name}")
