"""Which disks, interfaces and file systems a report shows: those that are named, else all found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from perfanalysis.promql import string

# What only stands for other devices, or for nothing.
DISKS = 'device!~"loop.*|ram.*|sr.*|fd.*|dm-.*|md.*"'
INTERFACES = 'device!~"lo|veth.*|docker.*|br-.*|cali.*|cni.*|flannel.*|virbr.*"'


@dataclass(frozen=True)
class Devices:
    """Names, or patterns with ``*`` and ``?``; none of a kind: what is found in the data."""

    disks: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    filesystems: tuple[str, ...] = ()

    @property
    def matchers(self) -> dict[str, str]:
        """PromQL matchers by kind."""
        return {
            "disks": like("device", self.disks) or DISKS,
            "interfaces": like("device", self.interfaces) or INTERFACES,
            "filesystems": like("mountpoint", self.filesystems) or 'mountpoint!=""',
        }


DETECTED = Devices()


def like(label: str, patterns: Sequence[str]) -> str:
    """A matcher that lets the values that fit a pattern through; "" without patterns."""
    return f"{label}=~{string('|'.join(map(_expression, patterns)))}" if patterns else ""


def _expression(pattern: str) -> str:
    """A regular expression that RE2 and Python read alike; only ``*`` and ``?`` are signs."""
    signs = {"*": ".*", "?": "."}
    return re.sub(r"([^\w\s/,:=-])", lambda m: signs.get(m[1], f"\\{m[1]}"), pattern)


def place(name: str, patterns: Sequence[str]) -> int:
    """At which pattern a name stands, from 0; behind all when it fits none."""
    fitting = (i for i, one in enumerate(patterns) if re.fullmatch(_expression(one), name))
    return next(fitting, len(patterns))
