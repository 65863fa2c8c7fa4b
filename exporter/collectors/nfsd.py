"""The NFS server's counters, from /proc/net/rpc/nfsd (nfsstat(8); kernel: fs/nfsd/stats.c)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.rpc import SERVER_METHODS, Lines, RpcCollector, methods, take
from perfanalysis.exposition.families import Family, FamilyType, Series

_SOURCE = "/proc/net/rpc/nfsd"


def _family(
    name: str, text: str, labels: tuple[str, ...] = (), type_: FamilyType = "counter"
) -> Family:
    unit = "bytes" if "bytes" in name else ""
    return Family(f"node_nfsd_{name}", type_, text, labels, unit, _SOURCE)


HITS = _family(
    "reply_cache_hits_total",
    "Total number of NFSd Reply Cache hits (client lost server response).",
)
MISSES = _family(
    "reply_cache_misses_total",
    "Total number of NFSd Reply Cache an operation that requires caching (idempotent).",
)
UNCACHED = _family(
    "reply_cache_nocache_total",
    "Total number of NFSd Reply Cache non-idempotent operations (rename/delete/…).",
)
STALE = _family("file_handles_stale_total", "Total number of NFSd stale file handles")
READ = _family("disk_bytes_read_total", "Total NFSd bytes read.")
WRITTEN = _family("disk_bytes_written_total", "Total NFSd bytes written.")
THREADS = _family(
    "server_threads", "Total number of NFSd kernel threads that are running.", (), "gauge"
)
READ_AHEAD_SIZE = _family(
    "read_ahead_cache_size_blocks", "How large the read ahead cache is in blocks.", (), "gauge"
)
READ_AHEAD_MISSES = _family(
    "read_ahead_cache_not_found_total", "Total number of NFSd read ahead cache not found."
)
PACKETS = _family(
    "packets_total", "Total NFSd network packets (sent+received) by protocol type.", ("proto",)
)
CONNECTIONS = _family("connections_total", "Total number of NFSd TCP connections.")
ERRORS = _family("rpc_errors_total", "Total number of NFSd RPC errors by error type.", ("error",))
RPCS = _family("server_rpcs_total", "Total number of NFSd RPCs.")
REQUESTS = _family(
    "requests_total", "Total number NFSd Requests by method and protocol.", ("proto", "method")
)
FAMILIES = (
    HITS,
    MISSES,
    UNCACHED,
    STALE,
    READ,
    WRITTEN,
    THREADS,
    READ_AHEAD_SIZE,
    READ_AHEAD_MISSES,
    PACKETS,
    CONNECTIONS,
    ERRORS,
    RPCS,
    REQUESTS,
)

# By line of the file: the series of its first columns, None where the kernel leaves one unused.
COLUMNS: dict[bytes, tuple[Series | None, ...]] = {
    b"rc": (Series(HITS), Series(MISSES), Series(UNCACHED)),
    b"fh": (Series(STALE),),
    b"io": (Series(READ), Series(WRITTEN)),
    b"th": (Series(THREADS),),
    b"ra": (Series(READ_AHEAD_SIZE), *(None,) * 10, Series(READ_AHEAD_MISSES)),
    b"net": (None, Series(PACKETS, ("udp",)), Series(PACKETS, ("tcp",)), Series(CONNECTIONS)),
    b"rpc": (
        Series(RPCS),
        None,
        Series(ERRORS, ("fmt",)),
        Series(ERRORS, ("auth",)),
        Series(ERRORS, ("cInt",)),
    ),
    b"wdeleg_getattr": (Series(REQUESTS, ("4", "WdelegGetattr")),),
}


def samples(lines: Lines) -> list[tuple[Series, bytes]]:
    """The series of these lines; a kernel that has one not any more (``ra``) has no series of it.

    Raises:
        CollectorError: a line has too few numbers.
    """
    pairs = []
    for name, columns in COLUMNS.items():
        if name in lines:
            numbers = take(lines, name, len(columns), _SOURCE)
            pairs += [
                (series, number)
                for series, number in zip(columns, numbers, strict=True)
                if series is not None
            ]
    return pairs + methods(lines, SERVER_METHODS, REQUESTS, _SOURCE)


def create(sources: Sources, flags: Flags) -> RpcCollector:
    """The collector of ``node_nfsd_*``."""
    del flags
    return RpcCollector(sources, "nfsd", samples)


SPECIFICATION = CollectorSpecification("nfsd", FAMILIES, create)
