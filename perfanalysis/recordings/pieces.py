"""A recording in several files: a folder, in which the file ``.pieces`` lists them in order."""

from __future__ import annotations

import os
from pathlib import Path

LIST = ".pieces"
SUFFIX = ".om.gz"


def listed(folder: Path) -> list[str]:
    """The names of its files that are there, in the order in which they were made.

    Raises:
        OSError: the list is there and cannot be read.
    """
    try:
        names = (folder / LIST).read_text().split()
    except FileNotFoundError:
        return []
    # Names of this folder alone, whatever somebody wrote there.
    own = [name for name in names if os.sep not in name and name.endswith(SUFFIX)]
    return [name for name in own if (folder / name).is_file()]


def files_of(path: Path) -> list[Path]:
    """The files of a recording: of a folder those of its list, or all where it has none.

    Raises:
        OSError: the folder cannot be read.
    """
    if not path.is_dir():
        return [path]
    names = listed(path) or sorted(one.name for one in path.glob(f"*{SUFFIX}"))
    return [path / name for name in names]
