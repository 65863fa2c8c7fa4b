"""Files of packages that are installed, found without importing these packages."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.extras import missing

# Instead of a file: what is installed in this Python.
INSTALLED = "installed"


def package_folder(package: str, wanted_by: str, extra: str) -> Path:
    """Where a package is.

    Args:
        package: as it is imported.
        wanted_by: what does not work without it.
        extra: of this distribution, that brings it.

    Raises:
        InputError: it is not installed; the text says how to get it.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise InputError(INSTALLED, "", f"the package ({missing(wanted_by, package, extra)})")
    return Path(found.origin).parent


def version_of(distribution: str) -> str:
    """Its version; "" where none is known."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""
