"""What the distribution needs of others, and under which licence each package says that it is."""

from __future__ import annotations

import re
from importlib import metadata

from packaging.requirements import Requirement

OURS = "perfanalysis"
EXTRAS = (
    "",
    "loadtest",
    "report",
    "cri",
    "s3",
    "systemd",
    "dashboards",
    "prices",
    "parquet",
    "workload",
)
# Of packages that name their licence in no field of its own; read from their classifiers.
_CLASSIFIER = re.compile(r"License :: OSI Approved :: (.+)")


def packages(extra: str) -> set[str]:
    """The packages that an install with this extra ("": none) brings, by their own names."""
    found: set[str] = set()
    _walk(OURS, {extra} - {""}, found, set())
    return found - {OURS}


def _walk(name: str, extras: set[str], found: set[str], seen: set[tuple[str, str]]) -> None:
    found.add(metadata.metadata(name)["Name"])
    for text in metadata.requires(name) or ():
        needed = Requirement(text)
        if needed.marker and not any(
            needed.marker.evaluate({"extra": extra}) for extra in extras or {""}
        ):
            continue
        for extra in needed.extras or {""}:
            if (needed.name, extra) not in seen:
                seen.add((needed.name, extra))
                _walk(needed.name, {extra} - {""}, found, seen)


def licence(name: str) -> str:
    """What the package says of itself: an expression of SPDX, or its classifiers."""
    found = metadata.metadata(name)
    if found.get("License-Expression"):
        return str(found["License-Expression"])
    named = [_CLASSIFIER.match(line) for line in found.get_all("Classifier") or ()]
    classes = [match[1] for match in named if match]
    first = (str(found.get("License") or "").strip().splitlines() or [""])[0]
    return ", ".join(classes) or first or "see its own files"


def table() -> str:
    """A row a package: name, licence, and the installs that bring it."""
    brought: dict[str, list[str]] = {}
    for extra in EXTRAS:
        for name in packages(extra):
            brought.setdefault(name, []).append(extra)
    rows = ["| package | licence, as it says itself | comes with |", "|---|---|---|"]
    for name in sorted(brought, key=str.lower):
        where = brought[name]
        said = "every install" if "" in where else ", ".join(f"`[{extra}]`" for extra in where)
        rows.append(f"| {name} | {licence(name)} | {said} |")
    return "\n".join(rows) + "\n"
