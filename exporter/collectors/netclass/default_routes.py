"""Which interfaces the default routes lead through, from the kernel's routing tables (proc(5))."""

from __future__ import annotations

_IPV4_FIELDS = 8
_IPV6_FIELDS = 10
# include/uapi/linux/route.h: usable; answers "unreachable" instead of leading anywhere.
_UP = 0x1
_REJECT = 0x200


def parse_ipv4(data: bytes) -> str:
    """The interface of the default route in /proc/net/route with the lowest metric; "": none."""
    found = []
    for line in data.split(b"\n"):
        columns = line.split()
        # Interface, destination, gateway, flags, uses, uses, metric, mask.
        if len(columns) >= _IPV4_FIELDS and columns[1] == columns[7] == b"00000000":
            found.append((columns[3], columns[6], 10, columns[0]))
    return _best(found)


def parse_ipv6(data: bytes) -> str:
    """The same of /proc/net/ipv6_route."""
    found = []
    for line in data.split(b"\n"):
        columns = line.split()
        # Destination, its prefix, source, its prefix, hop, metric, uses, uses, flags, interface.
        if len(columns) >= _IPV6_FIELDS and columns[1] == b"00":
            found.append((columns[8], columns[5], 16, columns[9]))
    return _best(found)


def _best(routes: list[tuple[bytes, bytes, int, bytes]]) -> str:
    """Of routes as flags, metric, base of the metric and interface."""
    usable = []
    for flags, metric, base, name in routes:
        try:
            bits, cost = int(flags, 16), int(metric, base)
        except ValueError:
            continue
        if bits & _UP and not bits & _REJECT and name != b"lo":
            usable.append((cost, name))
    return min(usable)[1].decode("utf-8", "replace") if usable else ""
