"""A /proc, /sys and root of a machine far larger than this one, made in a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_tree.proc import write_proc
from benchmarks.made_tree.shape import TreeShape
from benchmarks.made_tree.sys import write_sys


@dataclass(frozen=True)
class MadeTree:
    """Where a made tree is."""

    folder: Path
    shape: TreeShape

    @property
    def path_flags(self) -> list[str]:
        """The flags that point node_exporter, and our exporter, at the tree."""
        return [f"--path.{name}fs={self.folder / name}" for name in ("proc", "sys", "root")]


def make_tree(folder: Path, shape: TreeShape | None = None) -> MadeTree:
    """Write the tree below ``folder``: ``proc``, ``sys`` and ``root``.

    The same shape gives the same bytes. Files and their layout are as the kernel documents them
    (Documentation/filesystems/proc.rst, admin-guide/iostats.rst, and ABI/ for sysfs).

    Args:
        folder: an empty folder.
        shape: the size of the machine; 256 CPUs, 512 disks, 300 interfaces and 500 mounts if None.

    Raises:
        OSError: the folder cannot be written.
    """
    shape = shape or TreeShape()
    write_proc(folder / "proc", shape)
    write_sys(folder / "sys", shape)
    for mount_point in shape.mount_points:
        (folder / "root" / mount_point.lstrip("/")).mkdir(parents=True, exist_ok=True)
    return MadeTree(folder, shape)
