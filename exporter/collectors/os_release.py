"""The distribution, from os-release(5) below the root file system."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries, format_value

FILES = ("etc/os-release", "usr/lib/os-release")
KEYS = (
    "build_id",
    "id",
    "id_like",
    "image_id",
    "image_version",
    "name",
    "pretty_name",
    "variant",
    "variant_id",
    "version",
    "version_codename",
    "version_id",
)
INFO = Family(
    "node_os_info",
    "gauge",
    "A metric with a constant '1' value labeled by build_id, id, id_like, image_id, "
    "image_version, name, pretty_name, variant, variant_id, version, version_codename, version_id.",
    KEYS,
    source="/etc/os-release",
)
VERSION = Family(
    "node_os_version",
    "gauge",
    "Metric containing the major.minor part of the OS version.",
    ("id", "id_like", "name"),
    source="/etc/os-release",
)
SUPPORT_END = Family(
    "node_os_support_end_timestamp_seconds",
    "gauge",
    "Metric containing the end-of-life date timestamp of the OS.",
    unit="seconds",
    source="/etc/os-release",
)
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def parse(data: bytes) -> dict[str, str]:
    """The variables of os-release(5), in small letters.

    Raises:
        CollectorError: it is no list of assignments as a shell reads them.
    """
    variables = {}
    try:
        for line in data.decode("utf-8", "replace").splitlines():
            for word in shlex.split(line, comments=True):
                key, equals, value = word.partition("=")
                if not equals:
                    raise CollectorError(f"os-release: expected NAME=value, found {word[:60]!r}")
                variables[key.lower()] = value
    except ValueError as error:
        raise CollectorError(f"os-release: {error}") from error
    return variables


def samples_of(variables: dict[str, str]) -> list[tuple[Series, bytes]]:
    """The series of a distribution.

    Raises:
        CollectorError: the end of its support is no date.
    """
    pairs = [(Series(INFO, tuple(variables.get(key, "") for key in KEYS)), b"1")]
    if number := _NUMBER.match(variables.get("version_id", "")):
        labels = tuple(variables.get(key, "") for key in VERSION.labels)
        if float(number[0]) > 0:
            pairs.append((Series(VERSION, labels), format_value(float(number[0]))))
    if end := variables.get("support_end"):
        # Few systems have it, and datetime holds 0.2 MB.
        import datetime

        try:
            date = datetime.datetime.strptime(end, "%Y-%m-%d").replace(tzinfo=datetime.UTC)
        except ValueError as error:
            raise CollectorError(f"os-release: SUPPORT_END: {error}") from error
        pairs.append((Series(SUPPORT_END), b"%d" % date.timestamp()))
    return pairs


class OsReleaseCollector:
    """``node_os_*``; the file is read again when it changes."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._paths = [str(sources.paths.rootfs / name) for name in FILES]
        self._known: tuple[object, ...] = ()
        self._series = VaryingSeries()
        self._blocks: list[Block] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        for path in self._paths:
            try:
                facts = os.stat(path)  # noqa: PTH116 - a third of the cost
            except FileNotFoundError:
                continue
            known = (path, facts.st_ino, facts.st_mtime_ns, facts.st_size)
            if known != self._known:
                self._blocks = [self._series.block(samples_of(parse(Path(path).read_bytes())))]
                self._known = known
            return self._blocks
        raise NothingToRead


SPECIFICATION = CollectorSpecification("os", (INFO, VERSION, SUPPORT_END), OsReleaseCollector)
