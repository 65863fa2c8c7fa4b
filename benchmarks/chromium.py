"""Headless Chromium, which prints HTML to PDF as reporters with a browser do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from benchmarks.load_generators import TOOLS, Program, unpack, with_libraries
from benchmarks.process_tree import Cost, run_to_end

NAME = "chromium-headless-shell"
# Debian's package with the data files of all of Chromium's programs.
DATA = "chromium-common"


def find() -> Program:
    """The program: the one on PATH, else Debian's, unpacked below .tools/.

    Raises:
        PeerMissingError: there is neither.
    """
    if found := shutil.which(NAME) or shutil.which("chromium"):
        return Program(Path(found), dict(os.environ))
    for package in (NAME, DATA):
        unpack(package)
    place = TOOLS / NAME / "usr" / "lib" / "chromium"
    for path in (TOOLS / DATA / "usr" / "lib" / "chromium").iterdir():
        here = place / path.name
        if not here.exists():
            # One that the folder's old place left leads nowhere.
            here.unlink(missing_ok=True)
            here.symlink_to(os.path.relpath(path, place))
    # /usr/bin has a script that starts it in the place where it would be installed.
    return with_libraries(place / NAME, NAME)


def print_to_pdf(program: Program, html: Path, pdf: Path, folder: Path) -> Cost:
    """Print an HTML file, with a profile that nobody has used before, and what that cost.

    Raises:
        PerfAnalysisError: it failed.
    """
    profile = folder / "chromium-profile"
    shutil.rmtree(profile, ignore_errors=True)
    command = [
        str(program.path),
        "--headless",
        # Its sandbox is not to be had by root, nor in most containers.
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}",
        html.as_uri(),
    ]
    return run_to_end(command, folder / "chromium.log", program.environment)
