"""Who a client is, as logs name it and limits count it. Pure."""

from __future__ import annotations

UNIX = "unix socket"
_MAPPED = "::ffff:"


def peer_of(name: object) -> str:
    """The address of a client, from what its socket calls it; without the port, which is another
    one each time. An IPv4 address is written as such also on a socket of both families."""
    if not isinstance(name, tuple) or not name:
        return UNIX
    host = str(name[0])
    mapped = host.startswith(_MAPPED) and "." in host
    return host.removeprefix(_MAPPED) if mapped else host


def neighbourhood(peer: str) -> str:
    """What one who chooses addresses at will has but one of: an IPv4 address, or a /64 of IPv6."""
    if ":" not in peer:
        return peer
    host = peer.partition("%")[0]
    head, gap, tail = host.partition("::")
    groups = [group for group in head.split(":") if group]
    if gap:
        after = [group for group in tail.split(":") if group]
        groups += ["0"] * (8 - len(groups) - len(after)) + after
    return ":".join(groups[:4]) + "::/64"
