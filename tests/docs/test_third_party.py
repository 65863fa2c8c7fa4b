"""docs/third-party.md names every package that an install brings, with its licence."""

from __future__ import annotations

import pytest

from tests.conftest import REPOSITORY
from tests.docs.third_party import EXTRAS, packages, table

PAGE = REPOSITORY / "docs" / "third-party.md"
MEASURING = ["loadtest", "report", "parquet", "workload"]
HEADING = "| package |"


def test_the_table_is_up_to_date(update_golden: bool) -> None:
    text = PAGE.read_text()
    begin = text.index(HEADING)
    end = text.index("\n\n", begin) + 1
    if update_golden:
        PAGE.write_text(text[:begin] + table() + text[end:])
    assert PAGE.read_text()[begin:].startswith(table()), "make golden writes the table anew"


def test_numpy_comes_with_what_measures_and_reads_by_column_alone() -> None:
    assert [extra for extra in EXTRAS if "numpy" in packages(extra)] == MEASURING


@pytest.mark.parametrize("name", ["cffi", "psutil", "prometheus_client", "requests", "PyYAML"])
def test_every_install_has_it(name: str) -> None:
    assert name in packages("")
