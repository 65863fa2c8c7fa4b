"""Kernel parameters that flags name, from /proc/sys (proc(5), sysctl(8))."""

from __future__ import annotations

import re
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from exporter.sources.tokens import counter_of, shown, signed
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

VALUE = Family("node_sysctl_{field}", "untyped", "sysctl {field}", source="/proc/sys")
INFO = Family(
    "node_sysctl_info", "gauge", "sysctl info", ("name", "value", "index"), source="/proc/sys"
)
INCLUDE = Flag(
    "collector.sysctl.include",
    (),
    "Kernel parameter of numbers to show, as fs.file-nr, or fs.file-nr:total,current,max to name "
    "each of its numbers; can be given several times.",
)
INCLUDE_INFO = Flag(
    "collector.sysctl.include-info",
    (),
    "Kernel parameter of words to show as labels; can be given several times.",
)
_NAME = re.compile(r"[^\s:/]+")
_KEY = re.compile(r"[a-zA-Z0-9_]+")


class Parameter(NamedTuple):
    """A parameter's name with dots, and those of its numbers, none where they are not named."""

    name: str
    keys: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Below /proc."""
        return "sys/" + self.name.replace(".", "/")


def parameters(flag: Flag, values: tuple[str, ...], *, keys: bool) -> list[Parameter]:
    """What a flag names.

    Raises:
        InputError: a value is no name, names come twice, or keys where there can be none.
    """
    found: list[Parameter] = []
    for value in values:
        name, colon, rest = value.partition(":")
        named = tuple(rest.split(",")) if colon else ()
        usable = _NAME.fullmatch(name) and ".." not in name and all(map(_KEY.fullmatch, named))
        if not usable or (named and not keys) or len(set(named)) < len(named):
            expected = "a parameter's name" + (", or NAME:KEY,KEY,..." if keys else "")
            raise InputError(f"--{flag.name}", "", expected, value)
        found.append(Parameter(name, named))
    if len({(one.name, bool(one.keys)) for one in found}) < len(found):
        raise InputError(f"--{flag.name}", "", "each parameter once", ", ".join(values))
    return found


def _number(word: bytes, source: str) -> bytes:
    return b"%d" % (signed(word, source) if word.startswith(b"-") else counter_of(word, source))


def numbers(parameter: Parameter, data: bytes) -> list[tuple[Series, bytes]]:
    """The series of a parameter of numbers.

    Raises:
        CollectorError: it holds none, something else, or not as many as were named.
    """
    source = f"/proc/{parameter.path}"
    words = data.split()
    values = [_number(word, source) for word in words]
    keys = parameter.keys
    if not values or (keys and len(values) != len(keys)):
        expected = f"{len(keys)} numbers" if keys else "a number"
        raise CollectorError(f"{source}: expected {expected}, found {shown(data)}")
    family = VALUE.named(parameter.name)
    if keys:
        return [
            (
                Series(
                    family._replace(name=f"{family.name}_{key}", help=f"{family.help}, field {i}")
                ),
                value,
            )
            for i, (key, value) in enumerate(zip(keys, values, strict=True))
        ]
    if len(values) == 1:
        return [(Series(family), values[0])]
    family = family._replace(labels=("index",))
    return [(Series(family, (str(i),)), value) for i, value in enumerate(values)]


def words(parameter: Parameter, data: bytes) -> list[tuple[Series, bytes]]:
    """The series of a parameter of words.

    Raises:
        CollectorError: it holds none.
    """
    found = data.decode("utf-8", "replace").split()
    if not found:
        raise CollectorError(f"/proc/{parameter.path}: expected words, found none")
    return [(Series(INFO, (parameter.name, word, str(i))), b"1") for i, word in enumerate(found)]


class SysctlCollector:
    """``node_sysctl_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._sources = sources
        self._numbers = parameters(INCLUDE, flags[INCLUDE.variable], keys=True)
        self._words = parameters(INCLUDE_INFO, flags[INCLUDE_INFO.variable], keys=False)
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = []
        for parameter in self._numbers:
            pairs += numbers(parameter, self._sources.proc(parameter.path).read())
        for parameter in self._words:
            pairs += words(parameter, self._sources.proc(parameter.path).read())
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification(
    "sysctl", (VALUE, INFO), SysctlCollector, flags=(INCLUDE, INCLUDE_INFO), enabled=False
)
