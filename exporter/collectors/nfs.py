"""The NFS client's counters, from /proc/net/rpc/nfs (nfsstat(8); kernel: net/sunrpc/stats.c)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.rpc import CLIENT_METHODS, Lines, RpcCollector, methods, take
from perfanalysis.exposition.families import Family, Series

_SOURCE = "/proc/net/rpc/nfs"


def _family(name: str, text: str, labels: tuple[str, ...] = ()) -> Family:
    return Family(f"node_nfs_{name}", "counter", text, labels, source=_SOURCE)


PACKETS = _family(
    "packets_total",
    "Total NFSd network packets (sent+received) by protocol type.",
    ("protocol",),
)
CONNECTIONS = _family("connections_total", "Total number of NFSd TCP connections.")
RPCS = _family("rpcs_total", "Total number of RPCs performed.")
RETRANSMISSIONS = _family("rpc_retransmissions_total", "Number of RPC transmissions performed.")
REFRESHES = _family(
    "rpc_authentication_refreshes_total", "Number of RPC authentication refreshes performed."
)
REQUESTS = _family("requests_total", "Number of NFS procedures invoked.", ("proto", "method"))
FAMILIES = (PACKETS, CONNECTIONS, RPCS, RETRANSMISSIONS, REFRESHES, REQUESTS)


def samples(lines: Lines) -> list[tuple[Series, bytes]]:
    """The series of these lines.

    Raises:
        CollectorError: a line has too few numbers.
    """
    pairs = []
    if b"net" in lines:
        _, udp, tcp, connections = take(lines, b"net", 4, _SOURCE)
        pairs += [
            (Series(PACKETS, ("udp",)), udp),
            (Series(PACKETS, ("tcp",)), tcp),
            (Series(CONNECTIONS), connections),
        ]
    if b"rpc" in lines:
        calls, again, refreshes = take(lines, b"rpc", 3, _SOURCE)
        pairs += [
            (Series(RPCS), calls),
            (Series(RETRANSMISSIONS), again),
            (Series(REFRESHES), refreshes),
        ]
    return pairs + methods(lines, CLIENT_METHODS, REQUESTS, _SOURCE)


def create(sources: Sources, flags: Flags) -> RpcCollector:
    """The collector of ``node_nfs_*``."""
    del flags
    return RpcCollector(sources, "nfs", samples)


SPECIFICATION = CollectorSpecification("nfs", FAMILIES, create)
