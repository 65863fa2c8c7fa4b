from __future__ import annotations

import re

from loadtest.result import new_test_id


def test_test_ids_sort_by_time_and_differ() -> None:
    first, second = (new_test_id("rmw", 1795464900.0) for _ in range(2))
    assert re.fullmatch(r"20261123T201500Z-rmw-[0-9a-f]{8}", first)
    assert first != second
