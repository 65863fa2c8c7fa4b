"""node_exporter's own golden page: which of its families are not here, and why.

``peer/golden_families.txt`` has a line for each family of collector/fixtures/e2e-output.txt in
node_exporter 1.12.1: its name, type and labels. What is missing needs a row of the table in
docs/differences.md.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from exporter.catalogue import CATALOGUE
from tests.conftest import REPOSITORY

GOLDEN = Path(__file__).parent / "peer" / "golden_families.txt"
DOCUMENT = REPOSITORY / "docs" / "differences.md"
HEADING = "## Families of its golden page that are not here\n"
MOST_MISSING = 40
# What has other labels here, and is there: docs/differences.md says why of the first; those of the
# second depend on the flag that names it.
OTHER_LABELS = frozenset({"node_cpu_frequency_hertz", "node_sysctl_fs_file_nr"})
_ROW = re.compile(r"\| `([^`]+)` \| (\d+) \| (.{10,}) \|\n")


class GoldenFamily(NamedTuple):
    """A family of the golden page."""

    name: str
    type: str
    labels: frozenset[str]

    @property
    def is_here(self) -> bool:
        """Whether the catalogue has it, with its type and at least its labels."""
        found = CATALOGUE.find(self.name)
        if found is None or found.type != self.type:
            return False
        return self.name in OTHER_LABELS or self.labels <= set(found.labels)


def golden() -> list[GoldenFamily]:
    """All of them."""
    families = []
    for line in GOLDEN.read_text().splitlines():
        name, type_, *labels = line.split(" ")
        families.append(GoldenFamily(name, type_, frozenset("".join(labels).split(",")) - {""}))
    return families


def missing() -> list[str]:
    """The names of those that are not here."""
    return [one.name for one in golden() if not one.is_here]


def test_the_golden_page_is_whole() -> None:
    assert len(golden()) == len({one.name for one in golden()}) == 1227


def test_few_families_are_missing_and_each_has_its_reason() -> None:
    _, heading, section = DOCUMENT.read_text().partition(HEADING)
    assert heading
    rows = _ROW.findall(section.partition("\n## ")[0])
    left = missing()
    assert len(left) <= MOST_MISSING
    counted = {
        families: sum(bool(re.fullmatch(families.replace("\\|", "|"), name)) for name in left)
        for families, _, _ in rows
    }
    assert counted == {families: int(count) for families, count, _ in rows}
    # Each of them is of one row.
    assert sum(counted.values()) == len(left)
