"""Routes: messages as the kernel makes them, and those of a network namespace of our own."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.network_route import Hop, Route, parse, samples
from exporter.sources.netlink import Message
from perfanalysis.exposition.rendering import TEXT
from tests.conftest import REPOSITORY
from tests.exporter.collectors.netlink_messages import hop, route, u32
from tests.exporter.conftest import samples_of, scraper_of

GATEWAY = socket.inet_aton("10.0.0.1")
NETWORK = socket.inet_aton("10.7.0.0")
SIX = socket.inet_pton(socket.AF_INET6, "fd00::1")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            route(1, 0, 4, {5: GATEWAY, 4: u32(2), 6: u32(100)}),
            Route("default", "", 100, "static", (Hop(2, "10.0.0.1"),)),
        ),
        (
            route(1, 16, 2, {1: NETWORK, 4: u32(2), 7: GATEWAY}),
            Route("10.7.0.0/16", "10.0.0.1", 0, "kernel", (Hop(2),)),
        ),
        (
            route(1, 48, 250, {1: SIX, 4: u32(3), 6: u32(1)}, socket.AF_INET6),
            Route("fd00::1/48", "", 1, "unknown", (Hop(3),)),
        ),
        (
            route(1, 16, 186, {1: NETWORK, 9: hop(2, 3, {5: GATEWAY}) + hop(4, 1, {})}),
            Route("10.7.0.0/16", "", 0, "bgp", (Hop(2, "10.0.0.1", "3"), Hop(4, "", "1"))),
        ),
        # Local addresses and blackholes lead to no other machine.
        (route(2, 32, 2, {1: GATEWAY}), None),
        (route(6, 16, 3, {1: NETWORK}), None),
        (Message(16, b""), None),
    ],
)
def test_routes(message: Message, expected: Route | None) -> None:
    assert parse(message) == expected


@pytest.mark.parametrize(
    "message",
    [
        Message(24, b"short"),
        route(1, 8, 2, {1: b"\x0a"}),
        route(1, 8, 2, {9: struct.pack("=HBBi", 90, 0, 0, 1)}),
    ],
)
def test_broken_routes(message: Message) -> None:
    with pytest.raises(CollectorError, match="rtnetlink"):
        parse(message)


def test_a_route_of_several_tables_is_shown_once_and_counted_twice() -> None:
    twice = [Route("10.7.0.0/16", "", 0, "kernel", (Hop(2),))] * 2
    shown = [(series.labels, value) for series, value in samples(twice, {2: "eth0"})]
    assert shown == [
        (("eth0", "", "10.7.0.0/16", "", "0", "kernel", ""), b"1"),
        (("eth0",), b"2"),
    ]


def test_this_machines_routes() -> None:
    flags = ("--collector.disable-defaults", "--collector.network_route")
    found = samples_of(scraper_of(*flags).scrape(TEXT))
    assert found['node_scrape_collector_success{collector="network_route"}'] == 1


SETTING = """
set -e
ip link add d0 type veth peer name d1
ip addr add 10.1.0.2/24 dev d0
ip link set d0 up
ip link set d1 up
ip route add default via 10.1.0.1 metric 50 proto static
ip route add 10.7.0.0/16 proto bgp nexthop via 10.1.0.1 weight 3 nexthop via 10.1.0.9 weight 1
ip route add blackhole 10.66.0.0/16
exec "$@"
"""
PROGRAM = """
from exporter.collectors.network_route import NetworkRouteCollector
from exporter.sources.files import Paths, Sources
from perfanalysis.exposition.rendering import TEXT, render_page
print(render_page(NetworkRouteCollector(Sources(Paths()), {}).collect(), TEXT).decode())
"""


def test_a_namespace_of_our_own(tmp_path: Path) -> None:
    if os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
        pytest.skip("a network namespace is made by root with iproute2 and util-linux only")
    script = tmp_path / "setting"
    script.write_text(SETTING)
    command = ["unshare", "-n", "sh", str(script), sys.executable, "-c", PROGRAM]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    if "nknown device type" in done.stderr:
        pytest.skip("this kernel makes no pair of links")
    assert done.returncode == 0, done.stderr
    found = samples_of(done.stdout.encode())

    def info(source: str, destination: str, gateway: str, more: str) -> str:
        where = f'device="d0",src="{source}",dest="{destination}",gw="{gateway}"'
        return f"node_network_route_info{{{where},{more}}}"

    plain = 'priority="{}",proto="{}",weight="{}"'
    assert {name: value for name, value in found.items() if 'dest="fe80' not in name} == {
        info("", "default", "10.1.0.1", plain.format(50, "static", "")): 1,
        info("10.1.0.2", "10.1.0.0/24", "", plain.format(0, "kernel", "")): 1,
        info("", "10.7.0.0/16", "10.1.0.1", plain.format(0, "bgp", 3)): 1,
        info("", "10.7.0.0/16", "10.1.0.9", plain.format(0, "bgp", 1)): 1,
        'node_network_routes{device="d0"}': found['node_network_routes{device="d0"}'],
        **{n: v for n, v in found.items() if n == 'node_network_routes{device="d1"}'},
    }
    # Where there is IPv6, its routes of links are counted, too.
    assert found['node_network_routes{device="d0"}'] in (4, 5)
