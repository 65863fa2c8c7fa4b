"""Drivers' counters and link settings of network cards."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collectors import ethtool
from exporter.collectors.ethtool import collector, link_modes, requests, statistics
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect, samples_of, scraper_of


def packed(*names: str) -> bytes:
    """Names as a driver hands them over."""
    return b"".join(name.encode().ljust(32, b"\0") for name in names)


def shown(*names: str, include: str = ".*") -> dict[str, int]:
    found = statistics.counters(packed(*names), re.compile(include))
    return {one.family.name.removeprefix("node_ethtool_"): one.place for one in found}


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        # AWS ENA's allowances, and what else it counts.
        ("bw_in_allowance_exceeded", "bw_in_allowance_exceeded"),
        ("bw_out_allowance_exceeded", "bw_out_allowance_exceeded"),
        ("pps_allowance_exceeded", "pps_allowance_exceeded"),
        ("conntrack_allowance_exceeded", "conntrack_allowance_exceeded"),
        ("conntrack_allowance_available", "conntrack_allowance_available"),
        ("linklocal_allowance_exceeded", "linklocal_allowance_exceeded"),
        ("queue_0_tx_cnt", "queue_0_transmitted_cnt"),
        # Azure's, Google's, Intel's, Mellanox'.
        ("vf_rx_bytes", "vf_received_bytes"),
        ("rx_drop_cnt[3]", "received_drop_cnt_3_"),
        ("port.rx_dropped", "port_received_dropped"),
        ("rx[0]: discards", "received_0_discards"),
        ("[1]: tpa_aborts", "1_tpa_aborts"),
        ("  Rx Ring#1 errors", "received_ring_1_errors"),
        ("tx_tx_timeouts", "transmitted_tx_timeouts"),
        ("rx0_kicks", "rx0_kicks"),
        ("TX", "transmitted"),
        ("a__-__b", "a_b"),
        ("größe", "gr_e"),
        # Those with a meaning of their own.
        ("rx_bytes", "received_bytes_total"),
        ("rx_dropped", "received_dropped_total"),
        ("rx_errors", "received_errors_total"),
        ("rx_packets", "received_packets_total"),
        ("tx_bytes", "transmitted_bytes_total"),
        ("tx_errors", "transmitted_errors_total"),
        ("tx_packets", "transmitted_packets_total"),
        ("tx_dropped", "transmitted_dropped"),
    ],
)
def test_names(name: str, metric: str) -> None:
    assert shown(name) == {metric: 0}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        # Nobody could tell them apart.
        (("a b", "a_b", "c"), {"c": 2}),
        (("a b", "a_b", "A.b", "c"), {"c": 3}),
        # A driver that has a name twice; the last one counts.
        (("a", "b", "a"), {"a": 2, "b": 1}),
        (("", "a"), {"a": 1}),
        (("rx_bytes_total", "rx_bytes"), {"received_bytes_total": 0}),
    ],
)
def test_names_of_a_device(names: tuple[str, ...], expected: dict[str, int]) -> None:
    assert shown(*names) == expected


def test_counters_are_chosen_by_their_sanitised_names() -> None:
    assert shown("rx.a", "tx.a", include="^rx_") == {"received_a": 0}


def test_help_has_the_drivers_name() -> None:
    (counter,) = statistics.counters(packed("port.rx_dropped"), re.compile(""))
    assert counter.family.help == "Network interface port_rx_dropped"
    assert counter.family.type == "untyped"


def test_drivers() -> None:
    fields = [field.ljust(32, b"\0") for field in (b"ena", b"2.13.0", b"1.2", b"0000:00:05.0", b"")]
    data = struct.pack("=I32s32s32s32s32s12xIIIII", 3, *fields, 0, 96, 0, 0, 0)
    assert requests.driver_of(data) == (
        requests.Driver("0000:00:05.0", "ena", "", "1.2", "2.13.0"),
        96,
    )


def test_links() -> None:
    settings = struct.pack("=II BBBB BBBb BBBB 28x", 0x4C, 1000, 1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0)
    masks = struct.pack("=6I", 0b1100000, 1 << 4, 0b100000, 0, 7, 7)
    assert requests.link_of(settings + masks) == requests.PortLink(1 << 36 | 0b1100000, 0b100000, 1)


@pytest.mark.parametrize(
    ("bit", "speed"),
    [
        (0, ("half", "10baseT", 1.25e6)),
        (5, ("full", "1000baseT", 125e6)),
        (12, ("full", "10000baseT", 1.25e9)),
        (20, ("full", "10000baseR_FEC", 1.25e9)),
        (31, ("full", "25000baseCR", 3.125e9)),
        (36, ("full", "100000baseKR4", 12.5e9)),
        (48, ("full", "5000baseT", 625e6)),
        (56, ("full", "50000baseDR", 6.25e9)),
        (73, ("full", "400000baseCR8", 50e9)),
        (89, ("full", "400000baseCR4", 50e9)),
        (90, ("half", "100baseFX", 12.5e6)),
        (92, ("full", "10baseT1L", 1.25e6)),
    ],
)
def test_speeds_by_the_kernels_bits(bit: int, speed: tuple[str, str, float]) -> None:
    assert link_modes.speeds(1 << bit) == [speed]


def test_bits_are_the_kernels() -> None:
    """As far as this machine's own header has them."""
    header = Path("/usr/include/linux/ethtool.h")
    if not header.exists():
        pytest.skip("no headers of the kernel here")
    pattern = r"ETHTOOL_LINK_MODE_(\d+base\w+?)_(?:(Half|Full)_)?BIT\s*=\s*(\d+),"
    theirs = {
        int(bit): (mode, (duplex or "Full").lower())
        for mode, duplex, bit in re.findall(pattern, header.read_text())
    }
    ours = {bit: (speed.mode, speed.duplex) for bit, speed in link_modes.BY_BIT.items()}
    assert ours == {bit: theirs[bit] for bit in theirs if bit in ours}
    assert len(ours) == 80


def test_what_is_told_of_a_port() -> None:
    link = requests.PortLink(1 << 5 | 1 << 6 | 1 << 7 | 1 << 14, 1 << 5 | 1 << 6, 1)
    facts = collector.Facts("eth0", link, None, b"")
    found = {
        (series.family.name.removeprefix("node_network_"), series.labels): value
        for series, value in collector.settings([facts])
    }
    assert found == {
        ("supported_speed_bytes", ("eth0", "full", "1000baseT")): b"125000000",
        ("advertised_speed_bytes", ("eth0", "full", "1000baseT")): b"125000000",
        ("supported_port_info", ("eth0", "TP")): b"1",
        ("autonegotiate_supported", ("eth0",)): b"1",
        ("autonegotiate_advertised", ("eth0",)): b"1",
        ("pause_supported", ("eth0",)): b"0",
        ("pause_advertised", ("eth0",)): b"0",
        ("asymmetricpause_supported", ("eth0",)): b"1",
        ("asymmetricpause_advertised", ("eth0",)): b"0",
        ("autonegotiate", ("eth0",)): b"1",
    }


@pytest.fixture
def veth() -> Iterator[str]:
    """A pair of interfaces that are wired to each other."""
    name = f"pv{os.getpid()}"
    ip = shutil.which("ip", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if ip is None:
        pytest.skip("there is no ip(8)")
    add = [ip, "link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b"]
    made = subprocess.run(add, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no interface can be made here: {made.stderr.strip()}")
    yield name
    subprocess.run([ip, "link", "del", f"{name}a"], check=False)


def test_real_interfaces(veth: str) -> None:
    one = f"--collector.ethtool.device-include=^{veth}"
    scraper = scraper_of("--collector.disable-defaults", "--collector.ethtool", one)
    for _ in range(2):
        page = samples_of(scraper.scrape(TEXT))
        assert page['node_scrape_collector_success{collector="ethtool"}'] == 1
        peers = [page[f'node_ethtool_peer_ifindex{{device="{veth}{end}"}}'] for end in "ab"]
        indices = [int(Path(f"/sys/class/net/{veth}{end}/ifindex").read_text()) for end in "ba"]
        assert peers == indices
        info = [series for series in page if series.startswith("node_ethtool_info")]
        assert len(info) == 2
        assert all('driver="veth"' in series for series in info)
        assert page[f'node_network_autonegotiate{{device="{veth}a"}}'] == 0
        assert not any('device="lo"' in series for series in page)


def test_a_device_without_a_driver_has_nothing_to_tell() -> None:
    asked = requests.Requests()
    assert asked.device("lo").driver is None
    assert asked.device("no-such-device") == requests.DeviceAnswers(None, None, b"", ())
    asked.close()


def test_another_network_is_not_taken_for_this_one(write: Write, collect: Collect) -> None:
    tree = write({"class/net/lo/ifindex": "1", "proc/net/dev": ""})
    with pytest.raises(OSError, match="in a container: the host's network"):
        collect(ethtool.SPECIFICATION, tree, "--collector.ethtool")


def test_another_network_is_no_fault_of_its_numbers(write: Write) -> None:
    """Or an alert would say for good that they contradict themselves."""
    tree = write({"class/net/lo/ifindex": "1", "proc/net/dev": ""})
    flags = ["--collector.disable-defaults", "--collector.validation", "--collector.ethtool"]
    page = samples_of(scraper_of(*flags, f"--path.procfs={tree / 'proc'}").scrape(TEXT))
    assert page['node_scrape_collector_success{collector="ethtool"}'] == 0
    assert not any(page[name] for name in page if name.startswith("perf_validation_violations"))
