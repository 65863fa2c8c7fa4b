#!/usr/bin/env python3
"""release_notes.py [--check] TAG: print what the changelog says of a release.

With --check nothing is printed, and the tag, the code's version and the chart's must be one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def section(version: str) -> str:
    """The changelog's lines of a version."""
    text = (REPOSITORY / "CHANGELOG.md").read_text()
    found = re.search(
        rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL
    )
    if found is None or not found[1].strip():
        sys.exit(
            f"CHANGELOG.md: expected a section '## {version}' with lines: cut the release first"
        )
    return found[1].strip()


def versions() -> dict[str, str]:
    """What the files say."""
    code = (REPOSITORY / "perfanalysis" / "__init__.py").read_text()
    chart = (REPOSITORY / "helm" / "perfanalysis" / "Chart.yaml").read_text()
    wanted = {
        "perfanalysis/__init__.py": re.search(r'__version__ = "([^"]+)"', code),
        "helm/perfanalysis/Chart.yaml": re.search(
            r"^appVersion: \"?([^\s\"]+)", chart, re.MULTILINE
        ),
    }
    return {file: match[1] if match else "none" for file, match in wanted.items()}


def main(words: list[str]) -> int:
    """The command."""
    checks = "--check" in words
    tags = [word for word in words if word != "--check"]
    if len(tags) != 1 or not re.fullmatch(r"v\d+\.\d+\.\d+", tags[0]):
        print("usage: release_notes.py [--check] vX.Y.Z", file=sys.stderr)
        return 2
    version = tags[0][1:]
    notes = section(version)
    if not checks:
        print(notes)
        return 0
    other = {file: said for file, said in versions().items() if said != version}
    for file, said in other.items():
        print(f"{file}: expected {version}, found {said}", file=sys.stderr)
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
