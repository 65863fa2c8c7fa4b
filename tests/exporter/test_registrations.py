"""exporter/registrations.py lists what is in exporter/collectors: no less, no more, in order."""

from __future__ import annotations

from exporter.registrations import COLLECTORS
from tests.exporter.registered import LAST, faults, modules


def test_the_collectors_are_those_that_are_registered() -> None:
    assert list(faults()) == []
    assert len(modules()) == len(COLLECTORS) > 50
    assert [specification.name for specification in COLLECTORS[-2:]] == LAST
