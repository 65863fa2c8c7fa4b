"""What to do about an extra of the distribution that is not installed. Pure."""

from __future__ import annotations

import sys

from perfanalysis import __version__


def missing(wanted_by: str, package: str, extra: str) -> str:
    """One line: who lacks which package, and the command that brings it.

    The name is no one's in public indexes, so an install by name there would be somebody else's
    program: the way is by a checkout or an unpacked release.

    Args:
        wanted_by: what does not work without it.
        package: the Python package that is missing.
        extra: of the distribution, that brings it; "" where the base install does.
    """
    install = f".[{extra}]" if extra else "."
    return (
        f"{wanted_by} needs the Python package {package!r}, which is not installed: in a checkout "
        f"or unpacked release of PerfAnalysis {__version__} run {sys.executable} -m pip install "
        f"--constraint constraints.txt '{install}'"
    )
