"""What a burstable machine does for good."""

from __future__ import annotations

from typing import Any

import pytest

from perfanalysis.results import lasting
from tests.loadtest.documents import result
from tests.loadtest.test_long_load import FIGURE, SEEN, SUSTAINED

LENT = {"burstable": True, "baseline_ratio": 0.1}
RATES = [1000.0] * 20


@pytest.mark.parametrize(
    ("machine", "changes", "expected"),
    [
        ({}, {}, None),
        ({"burstable": False}, {}, None),
        # A type that is known to be burstable, with a baseline that is not known.
        ({"burstable": True}, {}, None),
        (LENT, {}, (100.0, 100.0, 100.0, "type")),
        # A lower clock, or no fall yet: that of the type stands.
        (LENT, FIGURE | {"sustained": SUSTAINED}, (100.0, 100.0, 100.0, "type")),
        (
            LENT,
            FIGURE | {"sustained": SUSTAINED | {"cause": "credit"}},
            (920.0, 915.0, 925.0, "measured"),
        ),
        # Whoever waits for the baseline says that it is such a machine.
        ({}, {"until_steady": SEEN}, (200.0, 199.0, 201.0, "measured")),
    ],
)
def test_the_baseline(
    machine: dict[str, Any], changes: dict[str, Any], expected: tuple[object, ...] | None
) -> None:
    found = lasting.baseline(result("run-1", RATES, machine=machine, **changes))
    assert found == expected
