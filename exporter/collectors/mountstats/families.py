"""What NFS mounts count: the families, by the line of /proc/self/mountstats they come from.

Kernel: nfs_show_stats() in fs/nfs/super.c, the iostats of include/linux/nfs_iostat.h, and
rpc_clnt_show_stats() in net/sunrpc/stats.c. The order of each list is that of the line's columns.
"""

from __future__ import annotations

from collections.abc import Iterable

from perfanalysis.exposition.families import Family, FamilyType

SOURCE = "/proc/self/mountstats"
MOUNT = ("export", "protocol", "mountaddr")


def _family(
    name: str, text: str, labels: tuple[str, ...] = (), type_: FamilyType = "counter"
) -> Family:
    unit = next((unit for unit in ("bytes", "seconds") if f"_{unit}" in f"_{name}"), "")
    return Family(f"node_mountstats_nfs_{name}", type_, text, (*MOUNT, *labels), unit, SOURCE)


def _counters(
    prefix: str, names: Iterable[tuple[str, str]], label: tuple[str, ...] = ()
) -> tuple[Family, ...]:
    return tuple(_family(f"{prefix}{name}_total", text, label) for name, text in names)


AGE = _family("age_seconds_total", "The age of the NFS mount in seconds.")
INFO = _family("mountpoint_info", "Info metric for an NFS mountpoint.", ("mountpoint",), "gauge")
_BYTES = (
    ("read_bytes", "Number of bytes read using the read() syscall."),
    ("write_bytes", "Number of bytes written using the write() syscall."),
    ("direct_read_bytes", "Number of bytes read using the read() syscall in O_DIRECT mode."),
    ("direct_write_bytes", "Number of bytes written using the write() syscall in O_DIRECT mode."),
    ("total_read_bytes", "Number of bytes read from the NFS server, in total."),
    ("total_write_bytes", "Number of bytes written to the NFS server, in total."),
    ("read_pages", "Number of pages read directly via mmap()'d files."),
    ("write_pages", "Number of pages written directly via mmap()'d files."),
)
_EVENTS = (
    (
        "inode_revalidate",
        "Number of times cached inode attributes are re-validated from the server.",
    ),
    ("dnode_revalidate", "Number of times cached dentry nodes are re-validated from the server."),
    ("data_invalidate", "Number of times an inode cache is cleared."),
    ("attribute_invalidate", "Number of times cached inode attributes are invalidated."),
    ("vfs_open", "Number of times cached inode attributes are invalidated."),
    ("vfs_lookup", "Number of times a directory lookup has occurred."),
    ("vfs_access", "Number of times permissions have been checked."),
    ("vfs_update_page", "Number of updates (and potential writes) to pages."),
    ("vfs_read_page", "Number of pages read directly via mmap()'d files."),
    ("vfs_read_pages", "Number of times a group of pages have been read."),
    ("vfs_write_page", "Number of pages written directly via mmap()'d files."),
    ("vfs_write_pages", "Number of times a group of pages have been written."),
    ("vfs_getdents", "Number of times directory entries have been read with getdents()."),
    ("vfs_setattr", "Number of times directory entries have been read with getdents()."),
    ("vfs_flush", "Number of pending writes that have been forcefully flushed to the server."),
    ("vfs_fsync", "Number of times fsync() has been called on directories and files."),
    ("vfs_lock", "Number of times locking has been attempted on a file."),
    ("vfs_file_release", "Number of times files have been closed and released."),
    ("truncation", "Number of times files have been truncated."),
    (
        "write_extension",
        "Number of times a file has been grown due to writes beyond its existing end.",
    ),
    ("silly_rename", "Number of times a file was removed while still open by another process."),
    ("short_read", "Number of times the NFS server gave less data than expected while reading."),
    ("short_write", "Number of times the NFS server wrote less data than expected while writing."),
    (
        "jukebox_delay",
        "Number of times the NFS server indicated EJUKEBOX; retrieving data from offline storage.",
    ),
    ("pnfs_read", "Number of NFS v4.1+ pNFS reads."),
    ("pnfs_write", "Number of NFS v4.1+ pNFS writes."),
)
_OPERATIONS = (
    ("requests", "Number of requests performed for a given operation."),
    (
        "transmissions",
        "Number of times an actual RPC request has been transmitted for a given operation.",
    ),
    ("major_timeouts", "Number of times a request has had a major timeout for a given operation."),
    (
        "sent_bytes",
        "Number of bytes sent for a given operation, including RPC headers and payload.",
    ),
    (
        "received_bytes",
        "Number of bytes received for a given operation, including RPC headers and payload.",
    ),
    (
        "queue_time_seconds",
        "Duration all requests spent queued for transmission for a given operation before "
        "they were sent, in seconds.",
    ),
    (
        "response_time_seconds",
        "Duration all requests took to get a reply back after a request for a given "
        "operation was transmitted, in seconds.",
    ),
    (
        "request_time_seconds",
        "Duration all requests took from when a request was enqueued to when it was "
        "completely handled for a given operation, in seconds.",
    ),
)
_TRANSPORT = {
    "bind_total": (
        "Number of times the client has had to establish a connection from scratch to the NFS "
        "server."
    ),
    "connect_total": "Number of times the client has made a TCP connection to the NFS server.",
    "idle_time_seconds": "Duration since the NFS mount last saw any RPC traffic, in seconds.",
    "sends_total": "Number of RPC requests for this mount sent to the NFS server.",
    "receives_total": "Number of RPC responses for this mount received from the NFS server.",
    "bad_transaction_ids_total": (
        "Number of times the NFS server sent a response with a transaction ID unknown to this "
        "client."
    ),
    "backlog_queue_total": "Total number of items added to the RPC backlog queue.",
    "maximum_rpc_slots": "Maximum number of simultaneously active RPC requests ever used.",
    "sending_queue_total": "Total number of items added to the RPC transmission sending queue.",
    "pending_queue_total": "Total number of items added to the RPC transmission pending queue.",
}
_GAUGES = ("idle_time_seconds", "maximum_rpc_slots")
BYTES = _counters("", _BYTES)
# The column behind the 18th event, waits for congestion, is not shown.
EVENTS = _counters("event_", _EVENTS)
NOT_SHOWN = 18
OPERATIONS = _counters("operations_", _OPERATIONS, ("operation",))
# From this one on they are milliseconds.
FIRST_TIME = 5
TRANSPORT = {
    name: _family(
        f"transport_{name}", text, ("transport",), "gauge" if name in _GAUGES else "counter"
    )
    for name, text in _TRANSPORT.items()
}
FAMILIES = (AGE, INFO, *BYTES, *EVENTS, *OPERATIONS, *TRANSPORT.values())
