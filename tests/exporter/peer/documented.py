"""The table of docs/differences.md, which says what may differ from node_exporter and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.exporter.peer.pages import Difference

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "differences.md"
KINDS = frozenset({"only ours", "only theirs", "type", "help", "value"})
_ROW = re.compile(r"\| `([^`]+)` \| ([a-z, ]+) \| (.+) \|")


class Documented(NamedTuple):
    """A row: regular expression of families, kinds of differences, reason."""

    families: re.Pattern[str]
    kinds: frozenset[str]
    reason: str

    def covers(self, difference: Difference) -> bool:
        return difference.kind in self.kinds and bool(self.families.fullmatch(difference.family))


def documented() -> list[Documented]:
    """All rows."""
    rows = []
    for match in _ROW.finditer(DOCUMENT.read_text()):
        kinds = frozenset(kind.strip() for kind in match[2].split(","))
        assert kinds <= KINDS, f"{DOCUMENT.name}: {match[2]!r}: expected some of {sorted(KINDS)}"
        rows.append(Documented(re.compile(match[1].replace("\\|", "|")), kinds, match[3]))
    assert rows, f"{DOCUMENT.name}: expected rows '| `families` | kinds | reason |'"
    return rows


def undocumented(found: Iterable[Difference]) -> list[Difference]:
    """The differences that no row covers."""
    rows = documented()
    return [one for one in found if not any(row.covers(one) for row in rows)]
