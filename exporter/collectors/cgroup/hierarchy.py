"""Where control groups are mounted, and which of them are containers'.

The tree is not walked at each scrape. The kernel counts a group's children in the link count of
its folder, so one stat(2) a group tells whether some came or went; and once in a while the tree is
walked all the same, since one group may have taken another's place.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from exporter.collecting import NothingToRead
from exporter.collectors.cgroup.paths import ContainerPath, resolve, resolve_pod
from exporter.native._numbers import ffi, lib

CONTROLLERS = ("memory", "cpu", "cpuacct", "blkio", "pids")
MOST_GROUPS = 20_000
DEEPEST = 32


class Mounts(NamedTuple):
    """Folders of the hierarchies.

    ``unified`` is version 2's, or "" when there is none; ``controllers`` are version 1's, by
    controller. A hybrid machine has both, and its controllers are version 1's.
    """

    unified: str
    controllers: dict[str, str]

    @property
    def roots(self) -> list[str]:
        """The folders that are walked for containers, each once."""
        return list(dict.fromkeys(self.controllers.values())) or [self.unified]


def find_mounts(base: Path) -> Mounts:
    """The hierarchies below ``/sys/fs/cgroup``.

    Raises:
        NothingToRead: there is none.
    """
    if (base / "cgroup.controllers").exists():
        return Mounts(str(base), {})
    controllers: dict[str, str] = {}
    for name in CONTROLLERS:
        for folder in (name, "cpu,cpuacct", "cpuacct,cpu"):
            if name in folder.split(",") and (base / folder).is_dir():
                controllers[name] = str((base / folder).resolve())
                break
    unified = base / "unified"
    has_unified = (unified / "cgroup.controllers").exists()
    if not controllers and not has_unified:
        raise NothingToRead
    return Mounts(str(unified) if has_unified else "", controllers)


class ControlGroup(NamedTuple):
    """A container's group: its path in the hierarchy, and the paths of all groups below it."""

    path: str
    container: ContainerPath
    below: list[str]


class FoundGroups(NamedTuple):
    """All containers' groups, by path, and the uids of pods by their groups' paths."""

    containers: list[ControlGroup]
    pods: dict[str, str]


class Tree:
    """The groups of the last walk, and whether they may have changed since."""

    def __init__(self, mounts: Mounts) -> None:
        self._mounts = mounts
        self._links: dict[str, int] = {}
        # The same for C, which needs a third of the time for them.
        self._paths, self._counts = b"", ffi.new("uint64_t[]", 0)

    def changed(self) -> bool:
        """Whether a group has come or gone since the last walk, as far as link counts tell."""
        return not lib.links_are(self._paths, self._counts, len(self._links))

    def walk(self) -> FoundGroups:
        """Look at all groups, ``MOST_GROUPS`` at most."""
        self._links = {}
        pods: dict[str, str] = {}
        found: dict[str, ControlGroup] = {}
        for root in self._mounts.roots:
            for path, above in self._groups(root):
                for container in above:
                    if path not in found[container].below:
                        found[container].below.append(path)
                if path not in found and (container_path := resolve(path)):
                    found[path] = ControlGroup(path, container_path, [])
                elif uid := resolve_pod(path):
                    pods[path] = uid
        self._paths = b"".join(os.fsencode(path) + b"\0" for path in self._links)
        self._counts = ffi.new("uint64_t[]", list(self._links.values()))
        return FoundGroups([found[path] for path in sorted(found)], pods)

    def _groups(self, root: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each group below a root, after those above it: its path, and the containers above it."""
        stack: list[tuple[str, tuple[str, ...], int]] = [("", (), 0)]
        while stack and len(self._links) < MOST_GROUPS:
            path, above, depth = stack.pop()
            try:
                with os.scandir(root + path) as entries:
                    names = sorted(e.name for e in entries if e.is_dir(follow_symlinks=False))
                self._links[root + path] = os.stat(root + path).st_nlink  # noqa: PTH116
            except OSError:
                continue
            if path:
                yield path, above
                if resolve(path):
                    above = (*above, path)
            if depth < DEEPEST:
                stack += [(f"{path}/{name}", above, depth + 1) for name in reversed(names)]
