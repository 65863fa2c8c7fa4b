"""docs/rest.md shows every operation of the portal's OpenAPI, with examples."""

from __future__ import annotations

from tests.conftest import REPOSITORY
from tests.docs.rest_reference import reference

PAGE = REPOSITORY / "docs" / "rest.md"


def test_the_reference_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        PAGE.write_text(reference())
    assert PAGE.read_text() == reference(), "make golden writes docs/rest.md anew"
