"""The kernel's news of network links."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterator

import pytest

from exporter.collectors.netclass.links import LinkWatch, link_indices, parse_indices


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def link(number: int) -> bytes:
    return message(16, struct.pack("=BxHiII", 0, 1, number, 0, 0) + b"\0" * 8)


DONE = message(3, b"\0\0\0\0")


def test_numbers_are_read_to_the_end() -> None:
    found: set[int] = set()
    assert not parse_indices(link(1) + link(7), found)
    assert parse_indices(link(9) + DONE, found)
    assert found == {1, 7, 9}


@pytest.mark.parametrize("data", [message(2, b"\0" * 4), b"\0" * 16, link(1)[:20]])
def test_errors_and_broken_messages_are_refused(data: bytes) -> None:
    with pytest.raises(OSError, match="rtnetlink"):
        parse_indices(data, set())


def test_this_machines_links() -> None:
    assert link_indices() == {index for index, _ in socket.if_nameindex()}


def test_traffic_is_no_news() -> None:
    watch = LinkWatch()
    assert watch.changed()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(50):
            sender.sendto(b"x" * 1000, ("127.0.0.1", 9))
    news = [watch.changed() for _ in range(20)]
    # Other processes may change a link of this machine meanwhile, but not at each look.
    assert news.count(True) <= 2
    assert watch.shows({1})
    assert not watch.shows({1, 999_999})
    watch.close()
    assert watch.changed()
    watch.close()


@pytest.fixture
def pair() -> Iterator[str]:
    """A link of our own that can be changed."""
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("links can be made by root with iproute2 only")
    name = f"pt{os.getpid() % 100000}"
    pair = ["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}p"]
    if subprocess.run(pair, check=False).returncode:
        pytest.skip("this kernel makes no pair of links")
    yield name
    subprocess.run(["ip", "link", "del", name], check=True)


def test_a_change_is_news_once(pair: str) -> None:
    watch = LinkWatch()
    watch.changed()
    subprocess.run(["ip", "link", "set", pair, "mtu", "1400"], check=True)
    assert watch.changed()
    deadline = time.monotonic() + 10
    while watch.changed():
        assert time.monotonic() < deadline
    watch.close()
