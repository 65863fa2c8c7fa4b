from __future__ import annotations

import pytest

from tests.chaos.recovery import Recoveries


@pytest.fixture
def recoveries() -> Recoveries:
    return Recoveries()
