"""The default route's interface from the kernel's tables, and the exporter's series of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors.netclass import collector as netclass
from exporter.collectors.netclass.default_routes import parse_ipv4, parse_ipv6
from tests.exporter.conftest import Collect

HEADING = b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
LOCAL = b"eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
WIRELESS = b"wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
WIRED = b"eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
DOWN = WIRED.replace(b"0003", b"0002")
ZERO = b"0" * 32
SIX = b"%b 00 %b 00 fe80%b %b 00000001 00000000 %b %8b\n"
ROUTER = SIX % (ZERO, ZERO, b"0" * 28, b"00000400", b"00000003", b"eth1")
REJECTED = SIX % (ZERO, ZERO, b"0" * 28, b"ffffffff", b"00200200", b"lo")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (HEADING + LOCAL + WIRELESS + WIRED, "eth0"),
        (HEADING + WIRELESS + DOWN, "wlan0"),
        (HEADING + LOCAL, ""),
        # Flags are hexadecimal: 0010 is no route that is up, and 0203 one that rejects.
        (HEADING + WIRED.replace(b"0003", b"0010"), ""),
        (HEADING + WIRED.replace(b"0003", b"0203"), ""),
        # The loopback interface leads nowhere.
        (HEADING + WIRED.replace(b"eth0", b"lo"), ""),
        (HEADING + WIRED.replace(b"0003", b"what"), ""),
        (b"", ""),
    ],
)
def test_ipv4(data: bytes, expected: str) -> None:
    assert parse_ipv4(data) == expected


@pytest.mark.parametrize(
    ("data", "expected"), [(REJECTED + ROUTER, "eth1"), (REJECTED, ""), (b"x\n", "")]
)
def test_ipv6(data: bytes, expected: str) -> None:
    assert parse_ipv6(data) == expected


@given(st.binary(max_size=400))
def test_any_bytes_are_borne(data: bytes) -> None:
    assert isinstance(parse_ipv4(HEADING + data), str)
    assert isinstance(parse_ipv6(data), str)


def test_the_kernels_own_tables_can_be_read() -> None:
    table = Path("/proc/net/route").read_bytes()
    found = parse_ipv4(table)
    assert not found or found.encode() in table


def test_the_interface_is_a_series(tree: Path, collect: Collect) -> None:
    folder = tree / "sys" / "class" / "net" / "eth7"
    folder.mkdir(parents=True)
    (folder / "mtu").write_text("1500\n")
    series = 'perf_network_default_route_info{device="%s"}'
    # Neither table is there: nothing is said, and nothing fails.
    for table in ("route", "ipv6_route"):
        (tree / "proc" / "net" / table).unlink(missing_ok=True)
    assert not [name for name in collect(netclass.SPECIFICATION, tree) if "route" in name]
    (tree / "proc" / "net" / "route").write_bytes(HEADING + WIRELESS)
    (tree / "proc" / "net" / "ipv6_route").write_bytes(ROUTER)
    found = collect(netclass.SPECIFICATION, tree)
    assert {name: value for name, value in found.items() if "route" in name} == {
        series % "wlan0": 1,
        series % "eth1": 1,
    }
    (tree / "proc" / "net" / "ipv6_route").write_bytes(ROUTER.replace(b"eth1", b"wlan0"))
    found = collect(netclass.SPECIFICATION, tree)
    assert [name for name in found if "route" in name] == [series % "wlan0"]
