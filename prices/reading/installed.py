"""Files of packages that are installed, found without importing these packages."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

from perfanalysis.errors import InputError

# Instead of a file: what is installed in this Python.
INSTALLED = "installed"


def package_folder(package: str, distribution: str) -> Path:
    """Where a package is whose files alone are of use, so that nothing it depends on is needed.

    Args:
        package: as it is imported.
        distribution: as it is installed.

    Raises:
        InputError: it is not installed; the text says how to get it.
    """
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        how = f"{sys.executable} -m pip install --no-deps {distribution}"
        raise InputError(INSTALLED, "", f"the Python package {distribution} (run {how})")
    return Path(found.origin).parent


def version_of(distribution: str) -> str:
    """Its version; "" where none is known."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""
