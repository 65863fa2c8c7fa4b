"""Lists of CPUs as the kernel and taskset write them: ``0-3,8``. Pure.

Source: "List format" in cpuset(7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from perfanalysis.errors import MalformedError

EXPECTED = "a list of CPUs such as 0-3,8"
_RANGE = re.compile(r"\s*([0-9]{1,5})(?:-([0-9]{1,5}))?\s*", re.ASCII)
# No kernel is built for more, and a range of billions would fill the memory.
_HIGHEST = 1 << 16
_MOST_SHOWN = 60


def parse_cpu_list(text: str, where: str) -> tuple[int, ...]:
    """The CPUs of a list, ascending; none of an empty one.

    Args:
        text: the list.
        where: the flag or file, for the message.

    Raises:
        MalformedError: it is no such list.
    """
    cpus: set[int] = set()
    for part in text.split(",") if text.strip() else ():
        match = _RANGE.fullmatch(part)
        first = int(match[1]) if match else 0
        last = int(match[2] or match[1]) if match else -1
        if last < first or last > _HIGHEST:
            raise MalformedError(f"{where}: expected {EXPECTED}, found {text[:_MOST_SHOWN]!r}")
        cpus.update(range(first, last + 1))
    return tuple(sorted(cpus))


def format_cpu_list(cpus: Iterable[int]) -> str:
    """Write a list of CPUs as the kernel does: ``0-3,8``."""
    parts: list[list[int]] = []
    for cpu in sorted(cpus):
        if parts and parts[-1][-1] + 1 == cpu:
            parts[-1].append(cpu)
        else:
            parts.append([cpu])
    return ",".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)
