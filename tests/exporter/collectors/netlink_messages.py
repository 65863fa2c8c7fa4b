"""Messages as the kernel's netlink families write them, for tests to take apart."""

from __future__ import annotations

import struct

from exporter.sources.netlink import Message, attribute


def u32(value: int) -> bytes:
    return struct.pack("=I", value)


def with_attributes(values: dict[int, bytes]) -> bytes:
    """Attributes, one behind the other."""
    return b"".join(attribute(kind, value) for kind, value in values.items())


def route(
    kind: int, length: int, protocol: int, values: dict[int, bytes], family: int = 2
) -> Message:
    """RTM_NEWROUTE: struct rtmsg and attributes."""
    head = struct.pack("=8BI", family, length, 0, 0, 254, protocol, 0, kind, 0)
    return Message(24, head + with_attributes(values))


def hop(interface: int, weight: int, values: dict[int, bytes]) -> bytes:
    """struct rtnexthop and attributes."""
    more = with_attributes(values)
    return struct.pack("=HBBi", 8 + len(more), 0, weight - 1, interface) + more


def queue(interface: int, parent: int, values: dict[int, bytes]) -> Message:
    """RTM_NEWQDISC: struct tcmsg and attributes."""
    return Message(
        36, struct.pack("=B3xiIII", 0, interface, 1, parent, 0) + with_attributes(values)
    )


def generic(values: dict[int, bytes], kind: int = 30) -> Message:
    """A message of a family of generic netlink."""
    return Message(kind, struct.pack("=BBxx", 7, 1) + with_attributes(values))
