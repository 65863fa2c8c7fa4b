"""Space and files of mounted file systems, from /proc/1/mountinfo (proc(5)) and statvfs(3)."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.collectors.filesystem.mounts import SlowMounts, Space, measure
from exporter.sources.files import Sources
from exporter.sources.mountinfo import Mount, MountTable
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

_LABELS = ("device", "mountpoint", "fstype", "device_error")


def _family(name: str, text: str, unit: str = "") -> Family:
    return Family(
        f"node_filesystem_{name}", "gauge", text, _LABELS, unit, "/proc/1/mountinfo, statvfs(3)"
    )


DEVICE_ERROR = _family(
    "device_error", "Whether an error occurred while getting statistics for the given device."
)
READONLY = _family("readonly", "Filesystem read-only status.")
SIZE = _family("size_bytes", "Filesystem size in bytes.", "bytes")
FREE = _family("free_bytes", "Filesystem free space in bytes.", "bytes")
AVAILABLE = _family(
    "avail_bytes", "Filesystem space available to non-root users in bytes.", "bytes"
)
FILES = _family("files", "Filesystem total file nodes.")
FILES_FREE = _family("files_free", "Filesystem total free file nodes.")
PURGEABLE = _family(
    "purgeable_bytes",
    "Filesystem space available including purgeable space (MacOS specific).",
    "bytes",
)
MOUNT_INFO = Family(
    "node_filesystem_mount_info",
    "gauge",
    "Filesystem mount information.",
    ("device", "major", "minor", "mountpoint"),
    source="/proc/1/mountinfo",
)
FAMILIES = (
    DEVICE_ERROR,
    READONLY,
    SIZE,
    FREE,
    AVAILABLE,
    FILES,
    FILES_FREE,
    PURGEABLE,
    MOUNT_INFO,
)
# In the order of ``Space``.
SPACE = (SIZE, FREE, AVAILABLE, FILES, FILES_FREE)
# A value that stays, or which mount's space it is, and which number of it.
_Value = bytes | tuple[int, int]

MOUNTS_EXCLUDE = Flag(
    "collector.filesystem.mount-points-exclude",
    "^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)",
    "Regular expression of mount points to leave out.",
)
MOUNTS_INCLUDE = Flag(
    "collector.filesystem.mount-points-include",
    None,
    "Regular expression of mount points to show.",
)
TYPES_EXCLUDE = Flag(
    "collector.filesystem.fs-types-exclude",
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|"
    "mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|"
    "tracefs)$",
    "Regular expression of file system types to leave out.",
)
TYPES_INCLUDE = Flag(
    "collector.filesystem.fs-types-include",
    None,
    "Regular expression of file system types to show.",
)
MOUNT_TIMEOUT = Flag(
    "collector.filesystem.mount-timeout",
    "2s",
    "How long a network or user-space file system may take to answer; below --collector.timeout.",
)


def seconds_of(flag: Flag, flags: Flags) -> float:
    """The seconds of a flag such as ``5s`` or ``500ms``.

    Raises:
        InputError: it is no duration.
    """
    seconds = parse_duration(flags[flag.variable])
    if seconds is None:
        raise InputError(f"--{flag.name}", "", "a duration such as 2s", flags[flag.variable])
    return seconds


class FilesystemCollector:
    """``node_filesystem_*``. Mounts that may hang are asked by ``SlowMounts``, on their own."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._table = MountTable(sources)
        self._root = sources.paths.rootfs
        self._points = DeviceFilter(MOUNTS_EXCLUDE, MOUNTS_INCLUDE, flags)
        self._types = DeviceFilter(TYPES_EXCLUDE, TYPES_INCLUDE, flags)
        self._slow = SlowMounts(seconds_of(MOUNT_TIMEOUT, flags))
        self._mounts: list[Mount] = []
        # The path of each, and whether it may hang.
        self._asked: list[tuple[str, bool]] = []
        self._errors: list[str] = []
        self._layout = Layout(())
        self._plan: list[_Value] = []
        self._spaces: list[Space | str] = []
        self._blocks: list[Block] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if self._table.changed():
            self._mounts = self._shown(self._table.mounts)
            self._asked = [(self._path(m), self._slow.is_slow(m.type)) for m in self._mounts]
            self._plan = []
        self._slow.ask([path for path, slow in self._asked if slow])
        spaces = [self._slow.answer(path) if slow else measure(path) for path, slow in self._asked]
        if spaces == self._spaces and self._plan:
            return self._blocks
        errors = [space if isinstance(space, str) else "" for space in spaces]
        if errors != self._errors or not self._plan:
            pairs = series(list(zip(self._mounts, errors, strict=True)))
            self._layout = Layout(one for one, _ in pairs)
            self._plan = [value for _, value in pairs]
            self._errors = errors
        # A tuple of a list is made in its size. One of a generator is brought to it: CPython then
        # keeps up to 2,000 freed ones of each size. So it is wherever a scrape makes one (0.5 MB).
        self._blocks = [
            Block(self._layout, tuple([_render(value, spaces) for value in self._plan]))
        ]
        self._spaces = spaces
        return self._blocks

    def _shown(self, mounts: list[Mount]) -> list[Mount]:
        prefix = str(self._root).rstrip("/")
        shown = []
        for mount in mounts:
            point = mount.point
            if prefix and (point == prefix or point.startswith(f"{prefix}/")):
                point = point[len(prefix) :] or "/"
            if self._points(point) and self._types(mount.type):
                shown.append(mount._replace(point=point))
        return shown

    def _path(self, mount: Mount) -> str:
        return f"{str(self._root).rstrip('/')}{mount.point}"


def series(mounts: Sequence[tuple[Mount, str]]) -> list[tuple[Series, _Value]]:
    """The series of these mounts and their errors ("" is none), brought together by family.

    Those that another mount has given already are left out.
    """
    families: dict[Family, list[tuple[Series, _Value]]] = {family: [] for family in FAMILIES}
    seen: set[tuple[str, ...]] = set()
    for number, (mount, error) in enumerate(mounts):
        labels = (mount.device, mount.point, mount.type, error)
        if labels not in seen:
            seen.add(labels)
            values: dict[Family, _Value] = {
                DEVICE_ERROR: b"1" if error else b"0",
                READONLY: b"1" if mount.read_only else b"0",
            }
            if not error:
                values |= {family: (number, place) for place, family in enumerate(SPACE)}
                values[PURGEABLE] = b"0"
            for family, value in values.items():
                families[family].append((Series(family, labels), value))
        info = (mount.device, mount.major, mount.minor, mount.point)
        if not error and info not in seen:
            seen.add(info)
            families[MOUNT_INFO].append((Series(MOUNT_INFO, info), b"1"))
    return [pair for pairs in families.values() for pair in pairs]


def _render(value: _Value, spaces: Sequence[Space | str]) -> bytes:
    if isinstance(value, bytes):
        return value
    space = spaces[value[0]]
    assert not isinstance(space, str)
    return b"%d" % space[value[1]]


SPECIFICATION = CollectorSpecification(
    "filesystem",
    FAMILIES,
    FilesystemCollector,
    flags=(MOUNTS_EXCLUDE, MOUNTS_INCLUDE, TYPES_EXCLUDE, TYPES_INCLUDE, MOUNT_TIMEOUT),
)
