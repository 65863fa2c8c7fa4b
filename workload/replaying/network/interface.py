"""Which interface a connection goes by, and its counters."""

from __future__ import annotations

from pathlib import Path

import psutil

LOOPBACK = "lo"
NETWORK = Path("/proc/net/dev")
_RECEIVED, _SENT = 0, 8


def interface_of(address: str, peer: str) -> str:
    """The interface that has a local address; "": none has it.

    Args:
        address: the connection's own end.
        peer: its other end; the same machine is reached by the loopback, whatever its address.
    """
    found = {
        one.address.partition("%")[0]: name
        for name, addresses in psutil.net_if_addrs().items()
        for one in addresses
    }
    if peer in found:
        return LOOPBACK
    return found.get(address, "")


def parse_net_dev(text: str, interface: str) -> tuple[int, int] | None:
    """Bytes received and sent by an interface (proc(5)); None: it has no line."""
    for line in text.splitlines():
        name, colon, numbers = line.partition(":")
        if colon and name.strip() == interface:
            fields = numbers.split()
            return int(fields[_RECEIVED]), int(fields[_SENT])
    return None


def read_counters(interface: str) -> tuple[int, int] | None:
    """The same now."""
    try:
        return parse_net_dev(NETWORK.read_text(), interface)
    except (OSError, ValueError):
        return None
