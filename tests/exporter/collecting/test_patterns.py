"""Regular expressions of flags mean what node_exporter takes them for, or are refused."""

from __future__ import annotations

import pytest

from exporter.collecting import Flag
from exporter.collecting.patterns import DeviceFilter, compile_flag
from perfanalysis.errors import InputError

EXCLUDE = Flag("collector.x.device-exclude", "^lo$", "Leave out.")
INCLUDE = Flag("collector.x.device-include", None, "Show.")


@pytest.mark.parametrize(
    ("pattern", "name", "shown"),
    [
        ("^eth", "eth0", True),
        ("eth$", "eth0", False),
        ("th", "eth0", True),
        (r"(?i)^ETH\d+$", "eth0", True),
        # As in RE2, these are of ASCII.
        (r"^eth\d$", "eth٣", False),
        (r"^\w+$", "ethü", False),
    ],
)
def test_what_an_included_device_is(pattern: str, name: str, shown: bool) -> None:
    flags = {EXCLUDE.variable: EXCLUDE.default, INCLUDE.variable: pattern}
    assert DeviceFilter(EXCLUDE, INCLUDE, flags)(name) is shown


def test_both_at_once_where_node_exporter_takes_both() -> None:
    flags = {EXCLUDE.variable: "1$", INCLUDE.variable: "^eth"}
    shows = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
    assert [shows(name) for name in ("eth0", "eth1", "lo")] == [True, False, False]
    with pytest.raises(InputError, match=r"device-include: expected not to be given together"):
        DeviceFilter(EXCLUDE, INCLUDE, flags)


@pytest.mark.parametrize(
    "pattern", ["(", "[[:alpha:]]", "^[[:digit:]a]+$", r"\pL", r"a\z", r"\Qa.b\E", "(?U)a+"]
)
def test_what_python_reads_otherwise_is_refused(pattern: str) -> None:
    with pytest.raises(InputError) as caught:
        compile_flag(INCLUDE, {INCLUDE.variable: pattern})
    assert "--collector.x.device-include: expected a regular expression" in str(caught.value)
