"""Dashboards and rules made for node_exporter by others find their metrics here."""

from __future__ import annotations

import re

import pytest

from grafana.dashboards.expressions import exported
from tests.exporter.conftest import FIXTURES
from tests.grafana.others import NODE_EXPORTER_FULL, NODE_MIXIN, NOT_THERE, OFF_BY_DEFAULT

OFF = OFF_BY_DEFAULT.split()
NAMES = sorted({*NODE_MIXIN.split(), *NODE_EXPORTER_FULL.split(), *OFF})
# Of these the recorded pages have none: they are of the machine that runs, or of hardware.
UNRECORDED = re.compile(
    r"node_(filesystem|timex|time|uname)_.*|process_.*"
    r"|node_hwmon_temp_crit_hyst_celsius|node_netstat_Tcp_MaxConn"
)


@pytest.mark.parametrize("name", NAMES)
def test_what_others_ask_for_is_exposed(name: str) -> None:
    assert exported(name) is not None


def test_the_pages_of_recorded_machines_have_it() -> None:
    pages = "".join(path.read_text() for path in FIXTURES.glob("*/golden.txt"))
    shown = set(re.findall(r"^(\w+)[{ ]", pages, re.MULTILINE))
    missing = {name for name in NAMES if not UNRECORDED.fullmatch(name)} - shown - {*OFF}
    assert not missing


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_is_said_to_be_missing_is(name: str) -> None:
    assert exported(name) is None
