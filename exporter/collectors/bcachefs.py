"""File systems of type bcachefs, from /sys/fs/bcachefs (kernel: filesystems/bcachefs)."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.quantities import quantity
from exporter.sources.tokens import unsigned
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, FactSeries, as_they_are

FOLDER = "fs/bcachefs"


def _family(
    name: str, text: str, labels: tuple[str, ...] = (), type_: FamilyType = "gauge"
) -> Family:
    unit = "bytes" if "_bytes" in name else ""
    source = f"/sys/{FOLDER}/<uuid>"
    return Family(f"node_bcachefs_{name}", type_, text, ("uuid", *labels), unit, source)


INFO = _family("info", "Filesystem information.")
CACHE_SIZE = _family("btree_cache_size_bytes", "Btree cache memory usage in bytes.")
COMPRESSED = _family(
    "compression_compressed_bytes", "Compressed size by algorithm.", ("algorithm",)
)
UNCOMPRESSED = _family(
    "compression_uncompressed_bytes", "Uncompressed size by algorithm.", ("algorithm",)
)
ERRORS = _family("errors_total", "Error count by error type.", ("error_type",), "counter")
WRITES = _family("btree_writes_total", "Number of btree writes by type.", ("type",), "counter")
WRITE_SIZE = _family(
    "btree_write_average_size_bytes", "Average btree write size by type.", ("type",)
)
COUNTER = _family(
    "{field}_total", "Bcachefs counter {field} since filesystem creation.", type_="counter"
)
DEVICE_INFO = _family("device_info", "Device information.", ("device", "label", "state"))
BUCKET_SIZE = _family("device_bucket_size_bytes", "Bucket size in bytes.", ("device",))
BUCKETS = _family("device_buckets", "Total number of buckets.", ("device",))
DURABILITY = _family("device_durability", "Device durability setting.", ("device",))
IO_DONE = _family(
    "device_io_done_bytes_total",
    "IO bytes by operation type and data type.",
    ("device", "operation", "data_type"),
    "counter",
)
IO_ERRORS = _family(
    "device_io_errors_total", "IO errors by error type.", ("device", "type"), "counter"
)
FAMILIES = (
    INFO,
    CACHE_SIZE,
    COMPRESSED,
    UNCOMPRESSED,
    ERRORS,
    WRITES,
    WRITE_SIZE,
    DEVICE_INFO,
    BUCKET_SIZE,
    BUCKETS,
    DURABILITY,
    IO_DONE,
    IO_ERRORS,
    COUNTER,
)
_SINCE_CREATION = b"since filesystem creation:"
_SINCE = b"IO errors since "
_CREATION = b"filesystem creation"

Pair = tuple[Series, bytes]


def parse_table(data: bytes, fewest: int) -> list[list[bytes]]:
    """The words of each line; lines with too few of them are left out."""
    rows = (line.split() for line in data.split(b"\n"))
    return [row for row in rows if len(row) >= fewest]


def parse_counter(data: bytes, source: str) -> int:
    """What was counted since the file system was made.

    Raises:
        CollectorError: the line is missing or holds no number.
    """
    for line in data.split(b"\n"):
        if line.startswith(_SINCE_CREATION):
            return quantity(line.removeprefix(_SINCE_CREATION), source)
    raise CollectorError(f"{source}: expected a line {_SINCE_CREATION.decode()!r}")


def parse_io_done(data: bytes, source: str) -> list[tuple[str, str, int]]:
    """Operation, kind of data, bytes.

    Raises:
        CollectorError: one is no number.
    """
    found = []
    operation = ""
    for line in data.split(b"\n"):
        name, colon, rest = line.strip().partition(b":")
        if colon and not rest and name in (b"read", b"write"):
            operation = name.decode()
        elif colon and operation:
            kind = name.strip().decode("utf-8", "replace")
            found.append((operation, kind, unsigned(rest, source)))
    return found


def parse_io_errors(data: bytes, source: str) -> list[tuple[str, int]]:
    """Kind of error, and how often it came since the file system was made.

    Raises:
        CollectorError: one is no number.
    """
    found = []
    wanted = False
    for line in data.split(b"\n"):
        if line.startswith(_SINCE):
            wanted = line.removeprefix(_SINCE).startswith(_CREATION)
            continue
        name, colon, rest = line.strip().partition(b":")
        if wanted and colon:
            found.append((name.strip().decode("utf-8", "replace"), unsigned(rest, source)))
    return found


class BcachefsCollector:
    """``node_bcachefs_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(as_they_are)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        uuids = self._attributes.present(self._folder)
        if not uuids:
            raise NothingToRead
        pairs: list[Pair] = []
        for uuid in uuids:
            folder = f"{self._folder}/{uuid}"
            pairs.append((Series(INFO, (uuid,)), b"1"))
            pairs += self._size(CACHE_SIZE, f"{folder}/btree_cache_size", (uuid,))
            pairs += self._tables(folder, uuid)
            pairs += self._counters(f"{folder}/counters", uuid)
            for name in self._attributes.names(folder, "dev-"):
                pairs += self._device(f"{folder}/{name}", uuid, name.removeprefix("dev-"))
        return [self._series.block(pairs)]

    def _size(self, family: Family, path: str, labels: tuple[str, ...]) -> list[Pair]:
        data = self._attributes.read(path)
        return [(Series(family, labels), b"%d" % quantity(data, path))] if data else []

    def _tables(self, folder: str, uuid: str) -> list[Pair]:
        pairs = []
        path = f"{folder}/compression_stats"
        for name, compressed, whole, *_ in parse_table(self._heading_cut(path), 3):
            labels = (uuid, name.removesuffix(b":").decode("utf-8", "replace"))
            pairs.append((Series(COMPRESSED, labels), b"%d" % quantity(compressed, path)))
            pairs.append((Series(UNCOMPRESSED, labels), b"%d" % quantity(whole, path)))
        path = f"{folder}/errors"
        for name, count, *_ in parse_table(self._attributes.read(path) or b"", 2):
            labels = (uuid, name.decode("utf-8", "replace"))
            pairs.append((Series(ERRORS, labels), b"%d" % unsigned(count, path)))
        path = f"{folder}/btree_write_stats"
        for name, count, size, *_ in parse_table(self._heading_cut(path), 3):
            labels = (uuid, name.removesuffix(b":").decode("utf-8", "replace"))
            pairs.append((Series(WRITES, labels), b"%d" % unsigned(count, path)))
            pairs.append((Series(WRITE_SIZE, labels), b"%d" % quantity(size, path)))
        return pairs

    def _heading_cut(self, path: str) -> bytes:
        # White space around the attribute is gone already; so may be a heading of blanks.
        return (self._attributes.read(path) or b"").partition(b"\n")[2]

    def _counters(self, folder: str, uuid: str) -> list[Pair]:
        names = self._attributes.if_present(folder)
        pairs = []
        for name in names:
            data = self._attributes.read(f"{folder}/{name}")
            if data is not None:
                number = parse_counter(data, f"{folder}/{name}")
                pairs.append((Series(COUNTER.named(name), (uuid,)), b"%d" % number))
        return pairs

    def _device(self, folder: str, uuid: str, device: str) -> list[Pair]:
        read = self._attributes
        labels = (uuid, device)
        words = (read.text(f"{folder}/label"), read.text(f"{folder}/state"))
        pairs = [(Series(DEVICE_INFO, (*labels, *words)), b"1")]
        pairs += self._size(BUCKET_SIZE, f"{folder}/bucket_size", labels)
        for family, attribute in ((BUCKETS, "nbuckets"), (DURABILITY, "durability")):
            number = read.number(f"{folder}/{attribute}")
            if number is not None:
                pairs.append((Series(family, labels), number))
        path = f"{folder}/io_done"
        pairs += [
            (Series(IO_DONE, (*labels, operation, kind)), b"%d" % number)
            for operation, kind, number in parse_io_done(read.read(path) or b"", path)
        ]
        path = f"{folder}/io_errors"
        pairs += [
            (Series(IO_ERRORS, (*labels, kind)), b"%d" % number)
            for kind, number in parse_io_errors(read.read(path) or b"", path)
        ]
        return pairs


SPECIFICATION = CollectorSpecification("bcachefs", FAMILIES, BcachefsCollector)
