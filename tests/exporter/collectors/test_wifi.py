"""Wireless interfaces: messages in the format of nl80211, for no test machine has any."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.wifi import SPECIFICATION
from exporter.collectors.wifi.collector import Wireless, family_number, samples
from exporter.collectors.wifi.parsing import (
    Interface,
    Network,
    Station,
    parse_family,
    parse_interface,
    parse_network,
    parse_station,
)
from exporter.sources.netlink import GENERIC, Netlink
from tests.exporter.collectors.netlink_messages import generic, u32, with_attributes

ADDRESS = bytes.fromhex("02aabbccddee")
ELEMENTS = b"\x01\x02\x82\x84" + b"\x00\x04Home" + b"\x03\x01\x06"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({3: u32(5), 4: b"wlan0\0", 38: u32(5180)}, Interface(5, "wlan0", 5180)),
        ({3: u32(6), 4: b"wlan1\0"}, Interface(6, "wlan1", None)),
        ({3: u32(7)}, Interface(7, "", None)),
    ],
)
def test_interfaces(values: dict[int, bytes], expected: Interface) -> None:
    assert parse_interface(generic(values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({1: ADDRESS, 6: ELEMENTS, 9: u32(1)}, Network("02:aa:bb:cc:dd:ee", "Home", "client")),
        ({1: ADDRESS, 6: b"\x03\x01\x06", 9: u32(2)}, Network("02:aa:bb:cc:dd:ee", "", "ad-hoc")),
        ({1: ADDRESS, 6: b"\x00\xff\xff", 9: u32(9)}, Network("02:aa:bb:cc:dd:ee", "�", "unknown")),
        # A network that was heard, and that the interface is no part of.
        ({1: ADDRESS, 6: ELEMENTS}, None),
    ],
)
def test_networks(values: dict[int, bytes], expected: Network | None) -> None:
    assert parse_network(generic({47: with_attributes(values)})) == expected


def test_a_station() -> None:
    rates = (with_attributes({1: struct.pack("=H", 540)}), with_attributes({5: u32(8667)}))
    values = {
        1: u32(20),
        2: u32(1),
        3: u32(2),
        7: struct.pack("=b", -52),
        8: rates[0],
        9: u32(9),
        10: u32(10),
        11: u32(11),
        12: u32(12),
        14: rates[1],
        16: u32(30),
        18: u32(18),
        23: struct.pack("=Q", 2**33),
        24: struct.pack("=Q", 2**34),
    }
    found = parse_station(generic({6: ADDRESS, 21: with_attributes(values)}))
    assert found == Station(
        "02:aa:bb:cc:dd:ee",
        {
            "connected": 30,
            "inactive": 20,
            "received_bytes": 2**33,
            "beacon_loss": 18,
            "transmitted_bytes": 2**34,
            "received_packets": 9,
            "transmitted_packets": 10,
            "retries": 11,
            "failed": 12,
            "signal": -52,
            "receive_rate": 8667,
            "transmit_rate": 540,
        },
    )


def test_old_drivers_count_in_32_bits_and_tell_less() -> None:
    found = parse_station(generic({6: ADDRESS, 21: with_attributes({2: u32(7), 8: b""})}))
    assert found == Station("02:aa:bb:cc:dd:ee", {"received_bytes": 7})
    assert parse_station(generic({6: ADDRESS})) is None


def shown(found: Sequence[Wireless]) -> dict[str, bytes]:
    return {
        f"{series.family.name}{series.labels}": value + series.suffix
        for series, value in samples(found)
    }


def test_series() -> None:
    station = Station(
        "02:00", {"connected": 30, "inactive": 20, "signal": -52, "receive_rate": 8667}
    )
    network = Network("02:aa", "Home", "client")
    found = [
        Wireless(Interface(5, "wlan0", 5180), network, [station]),
        Wireless(Interface(6, "wlan1", None), None, []),
    ]
    assert shown(found) == {
        "node_wifi_interface_frequency_hertz('wlan0',)": b"5180e6",
        "node_wifi_station_info('wlan0', '02:aa', 'Home', 'client')": b"1",
        "node_wifi_station_connected_seconds_total('wlan0', '02:00')": b"30",
        "node_wifi_station_inactive_seconds('wlan0', '02:00')": b"20e-3",
        "node_wifi_station_receive_bits_per_second('wlan0', '02:00')": b"8667e5",
        "node_wifi_station_signal_dbm('wlan0', '02:00')": b"-52",
    }


def test_the_kernels_controller_knows_itself() -> None:
    with Netlink(GENERIC) as netlink:
        assert family_number(netlink, "nlctrl") == 16
        with pytest.raises(NothingToRead):
            family_number(netlink, "no such family")
    with pytest.raises(CollectorError, match="the number of a family"):
        parse_family(generic({}))


def test_every_number_has_a_family() -> None:
    assert len({family.name for family in SPECIFICATION.families}) == 14
