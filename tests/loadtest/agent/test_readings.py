"""From two pages of an exporter to readings."""

from __future__ import annotations

import pytest

from loadtest.agent.readings import HostReadings, between, parse_page

PAGE = b"""# HELP node_cpu_seconds_total Time.
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 100.0
node_cpu_seconds_total{cpu="0",mode="iowait"} 10.0
node_cpu_seconds_total{cpu="0",mode="user"} 50.0
node_cpu_seconds_total{cpu="0",mode="steal"} 5.0
node_cpu_seconds_total{cpu="1",mode="idle"} 100.0
node_load1 1.5
node_memory_MemTotal_bytes 8e+09
node_memory_MemAvailable_bytes 2e+09
node_network_receive_bytes_total{device="eth0"} 1000
node_network_receive_bytes_total{device="lo"} 77777
node_network_transmit_bytes_total{device="eth0"} 500
node_disk_read_bytes_total{device="sda"} 4096
node_disk_read_bytes_total{device="sda1"} 4096
node_disk_read_bytes_total{device="nvme0n1p1"} 4096
node_disk_written_bytes_total{device="dm-0"} 1
node_disk_written_bytes_total{device="nvme0n1"} 8192
"""
LATER = (
    PAGE.replace(b'cpu="0",mode="idle"} 100.0', b'cpu="0",mode="idle"} 100.5')
    .replace(b'mode="iowait"} 10.0', b'mode="iowait"} 10.25')
    .replace(b'mode="user"} 50.0', b'mode="user"} 51.0')
    .replace(b'mode="steal"} 5.0', b'mode="steal"} 5.25')
    .replace(b'receive_bytes_total{device="eth0"} 1000', b'receive_bytes_total{device="eth0"} 3000')
    .replace(b'transmit_bytes_total{device="eth0"} 500', b'transmit_bytes_total{device="eth0"} 100')
    .replace(
        b'written_bytes_total{device="nvme0n1"} 8192', b'written_bytes_total{device="nvme0n1"} 9192'
    )
)


def test_between_two_looks() -> None:
    found = between(parse_page(PAGE, 10.0), parse_page(LATER, 12.0))
    assert found == {
        "load1": 1.5,
        "memory_total_bytes": 8e9,
        "memory_available_bytes": 2e9,
        # 2 seconds of the CPUs, of which 0.75 idle or waiting.
        "cpu_busy_ratio": 0.625,
        "cpu_iowait_ratio": 0.125,
        "cpu_steal_ratio": 0.125,
        "network_receive_bytes_per_second": 1000.0,
        # A counter of sending that began anew is unknown this time.
        "disk_read_bytes_per_second": 0.0,
        "disk_written_bytes_per_second": 500.0,
    }


def test_the_first_look_has_gauges_alone() -> None:
    look = parse_page(PAGE, 10.0)
    assert set(between(look, look)) == {"load1", "memory_total_bytes", "memory_available_bytes"}


@pytest.mark.parametrize("page", [b"", b"<html></html>", b"node_load1 many\n", b"\xff\xfe"])
def test_a_page_of_something_else_says_nothing(page: bytes) -> None:
    assert between(parse_page(page, 1.0), parse_page(page, 2.0)) == {}


def test_an_exporter_that_is_not_there_says_nothing() -> None:
    assert HostReadings("").read() is None
    assert HostReadings("http://127.0.0.1:1/metrics").read() is None
