#!/usr/bin/env python3
"""audit.py [--vulnerability-service=NAME] [--osv-url=URL]: what is known against constraints.txt.

Run by .venv's Python. pip-audit asks; what it says is believed of those packages alone that it
has really looked up: without a network it may end with 0 and "no known vulnerabilities" after it
has skipped every one. Status 0: each pin was looked up, and nothing is known. 1: something is
known, or a pin was not looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PINS = REPOSITORY / "constraints.txt"


def pinned(text: str) -> set[str]:
    """Canonical names of the packages."""
    return {canonicalize_name(line.split("==")[0]) for line in text.splitlines() if "==" in line}


def answers(words: list[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each package; nothing where it has failed."""
    command = [sys.executable, "-m", "pip_audit", "--strict", "--no-deps", "--disable-pip"]
    command += ["--progress-spinner=off", "--format=json", f"--requirement={PINS}", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return []
    return found


def main(words: list[str]) -> int:
    """The command."""
    if not all(word.startswith(("--vulnerability-service=", "--osv-url=")) for word in words):
        print("usage: audit.py [--vulnerability-service=NAME] [--osv-url=URL]", file=sys.stderr)
        return 2
    wanted = pinned(PINS.read_text())
    asked = {canonicalize_name(one["name"]): one for one in answers(words) if "vulns" in one}
    known = [(name, fault) for name, one in asked.items() for fault in one["vulns"]]
    for name, fault in known:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{name} {asked[name]['version']}: {fault['id']}; mended in {mended}")
    missing = sorted(wanted - set(asked))
    if missing:
        print(
            f"audit.py: error: {len(missing)} of {len(wanted)} pins were not looked up"
            f" ({', '.join(missing[:5])} ...): this proves nothing",
            file=sys.stderr,
        )
    else:
        print(f"{len(asked)} packages looked up, {len(known)} weaknesses known")
    return 1 if known or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
