"""Messages and attributes of netlink, made up and from the kernel itself."""

from __future__ import annotations

import errno
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.files import Paths, Sources
from exporter.sources.netlink import (
    GENERIC,
    HostNetwork,
    Message,
    Netlink,
    attribute,
    attributes,
    interface_names,
    messages,
    unsigned_of,
)


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body + bytes(-len(body) % 4)


DONE = message(3, struct.pack("=i", 0))


def refusal(number: int) -> bytes:
    return message(2, struct.pack("=i", -number) + bytes(16))


@pytest.mark.parametrize(
    ("datagram", "expected"),
    [
        (b"", ([], False)),
        (message(24, b"abcde") + message(25, b""), ([(24, b"abcde"), (25, b"")], False)),
        (message(24, b"ab") + DONE + message(9, b""), ([(24, b"ab")], True)),
        (refusal(0), ([], True)),
    ],
)
def test_messages(datagram: bytes, expected: tuple[list[tuple[int, bytes]], bool]) -> None:
    assert messages(datagram) == ([Message(*one) for one in expected[0]], expected[1])


@pytest.mark.parametrize(
    ("datagram", "number"),
    [
        (refusal(errno.ENOENT), errno.ENOENT),
        (message(3, struct.pack("=i", -errno.EINVAL)), errno.EINVAL),
        (message(4, b""), None),
        (struct.pack("=IHHII", 99, 1, 0, 0, 0), None),
        (struct.pack("=IHHII", 8, 1, 0, 0, 0), None),
    ],
)
def test_refusals_and_broken_messages(datagram: bytes, number: int | None) -> None:
    with pytest.raises(OSError, match="netlink: ") as caught:
        messages(datagram)
    assert caught.value.errno == number


def test_attributes() -> None:
    nested = attribute(1, b"x") + attribute(2, b"four")
    data = attribute(7, b"name\0") + attribute(0x8009, nested)
    assert list(attributes(data)) == [(7, b"name\0"), (9, nested)]
    assert dict(attributes(nested)) == {1: b"x", 2: b"four"}
    assert unsigned_of(struct.pack("=I", 70_000)) == 70_000
    assert unsigned_of(b"") == 0


@pytest.mark.parametrize("data", [b"\x09\0\x01\0abcd", b"\x03\0\x01\0"])
def test_attributes_that_are_cut_off(data: bytes) -> None:
    if struct.pack("=H", 1)[0] == 0:
        pytest.skip("written for the other order of bytes")
    with pytest.raises(OSError, match="cut off"):
        list(attributes(data))


@given(st.binary(max_size=80))
def test_any_bytes_are_borne(data: bytes) -> None:
    for read in (messages, lambda data: list(attributes(data))):
        try:
            read(data)
        except OSError as error:
            assert "netlink: " in str(error)


def test_the_kernels_links() -> None:
    with Netlink(socket.NETLINK_ROUTE) as netlink:
        found = netlink.dump(18, bytes(16))
    numbers = {struct.unpack_from("=i", one.body, 4)[0] for one in found}
    assert numbers == set(interface_names())
    assert "lo" in interface_names().values()


def test_the_kernel_refuses() -> None:
    with Netlink(GENERIC) as netlink, pytest.raises(OSError, match="netlink: "):
        netlink.get(9999, b"")


def test_only_the_described_network_is_told_of(tmp_path: Path) -> None:
    HostNetwork(Sources(Paths()), "qdisc").require()
    with pytest.raises(OSError, match=r"qdisc: expected the network that --path\.procfs"):
        HostNetwork(Sources(Paths(procfs=tmp_path)), "qdisc").require()
