"""The kernel's RPC statistics, /proc/net/rpc/nfs and nfsd: lines of a name and numbers.

The procedures and their order are those of the protocols (RFC 1094, RFC 1813), and for NFSv4 of
the kernel's include/linux/nfs4.h.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exporter.sources.errors import CollectorError, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import check_counters, shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

Lines = Mapping[bytes, list[bytes]]

_V2: str = (
    "Null GetAttr SetAttr Root Lookup ReadLink Read WrCache Write Create Remove Rename Link "
    "SymLink MkDir RmDir ReadDir FsStat"
)
_V3: str = (
    "Null GetAttr SetAttr Lookup Access ReadLink Read Write Create MkDir SymLink MkNod Remove "
    "RmDir Rename Link ReadDir ReadDirPlus FsStat FsInfo PathConf Commit"
)
_CLIENT_V4: str = (
    "Null Read Write Commit Open OpenConfirm OpenNoattr OpenDowngrade Close Setattr FsInfo "
    "Renew SetClientID SetClientIDConfirm Lock Lockt Locku Access Getattr Lookup LookupRoot "
    "Remove Rename Link Symlink Create Pathconf StatFs ReadLink ReadDir ServerCaps "
    "DelegReturn GetACL SetACL FsLocations ReleaseLockowner Secinfo FsidPresent ExchangeID "
    "CreateSession DestroySession Sequence GetLeaseTime ReclaimComplete GetDeviceInfo "
    "LayoutGet LayoutCommit LayoutReturn SecinfoNoName TestStateID FreeStateID GetDeviceList "
    "BindConnToSession DestroyClientID Seek Allocate DeAllocate LayoutStats Clone"
)
# An underscore stands for an operation that is not shown.
_SERVER_V4: str = (
    "_ _ _ Access Close Commit Create DelegPurge DelegReturn GetAttr GetFH Link Lock Lockt "
    "Locku Lookup LookupRoot Nverify Open OpenAttr OpenConfirm OpenDgrd PutFH _ _ Read "
    "ReadDir ReadLink Remove Rename Renew RestoreFH SaveFH SecInfo SetAttr SetClientID "
    "SetClientIDConfirm Verify Write RelLockOwner"
)

# By line: the protocol's version and the names of the columns.
CLIENT_METHODS = {
    b"proc2": ("2", _V2.split()),
    b"proc3": ("3", _V3.split()),
    b"proc4": ("4", _CLIENT_V4.split()),
}
SERVER_METHODS = {
    b"proc2": ("2", ["_", *_V2.split()[1:]]),
    b"proc3": ("3", ["_", *_V3.split()[1:]]),
    b"proc4ops": ("4", _SERVER_V4.split()),
}


def parse(data: bytes, source: str) -> dict[bytes, list[bytes]]:
    """The columns of each line, by its first word.

    Raises:
        CollectorError: there is no line, or one holds nothing but a name.
    """
    lines = {}
    for line in data.splitlines():
        name, *columns = line.split() or [b""]
        if not columns:
            raise CollectorError(f"{source}: expected a name and numbers, found {shown(line)}")
        lines[name] = columns
    if not lines:
        raise CollectorError(f"{source}: expected lines of names and numbers, found none")
    return lines


def take(lines: Lines, name: bytes, count: int, source: str) -> list[bytes]:
    """The first ``count`` columns of a line.

    Raises:
        CollectorError: there are fewer, or one is no number.
    """
    columns = lines[name][:count]
    if len(columns) < count:
        raise CollectorError(f"{source}: {name.decode()}: expected {count} numbers")
    check_counters(columns, f"{source}: {shown(name)}")
    return columns


def methods(
    lines: Lines, known: Mapping[bytes, tuple[str, list[str]]], family: Family, source: str
) -> list[tuple[Series, bytes]]:
    """The calls of each procedure; a line begins with the number of its columns.

    Raises:
        CollectorError: a line has not as many columns as it says, or one is no number.
    """
    pairs = []
    for name, (version, names) in known.items():
        columns = lines.get(name)
        if columns is None:
            continue
        check_counters(columns, f"{source}: {shown(name)}")
        if int(columns[0]) != len(columns) - 1:
            raise CollectorError(
                f"{source}: {name.decode()}: expected {int(columns[0])} numbers, "
                f"found {len(columns) - 1}"
            )
        pairs += [
            (Series(family, (version, method)), column)
            for method, column in zip(names, columns[1:], strict=False)
            if method != "_"
        ]
    return pairs


class RpcCollector:
    """What one side of NFS counts.

    Args:
        sources: where the file comes from.
        name: of the file below /proc/net/rpc.
        samples: makes those of its lines.
    """

    def __init__(
        self,
        sources: Sources,
        name: str,
        samples: Callable[[Lines], list[tuple[Series, bytes]]],
    ) -> None:
        self._file = sources.proc(f"net/rpc/{name}")
        self._source = f"/proc/net/rpc/{name}"
        self._samples = samples
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            data = self._file.read()
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [self._series.block(self._samples(parse(data, self._source)))]
