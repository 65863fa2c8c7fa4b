"""docs/configuration.md has every variable that the code names."""

from __future__ import annotations

import re

from tests.conftest import REPOSITORY
from tests.docs.configuration_reference import reference, sources

PAGE = REPOSITORY / "docs" / "configuration.md"
# What a shell asks of its completion, and prefixes.
NOT_OF_PEOPLE = {"PERFANALYSIS_COMPLETE", "PERFANALYSIS_REPORT_"}


def test_the_page_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        PAGE.write_text(reference())
    assert PAGE.read_text() == reference(), "make golden writes docs/configuration.md anew"


def test_no_variable_is_forgotten() -> None:
    named = {
        name for file in sources() for name in re.findall(r"PERFANALYSIS_[A-Z_]+", file.read_text())
    }
    assert len(named) > 10
    forgotten = {
        name
        for name in named - NOT_OF_PEOPLE
        if f"`{name}`" not in PAGE.read_text() and not name.startswith("PERFANALYSIS_REPORT_")
    }
    assert forgotten == set()
