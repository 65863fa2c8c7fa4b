"""The flags ``--path.*``: where the trees of the machine to be described are."""

from __future__ import annotations

from pathlib import Path

from exporter.collecting import Flag, Flags
from exporter.sources.files import Paths
from perfanalysis.errors import InputError

FLAGS = (
    Flag("path.procfs", "/proc", "Where procfs is mounted."),
    Flag("path.sysfs", "/sys", "Where sysfs is mounted."),
    Flag("path.rootfs", "/", "Where the root file system is mounted."),
    Flag("path.udev.data", "/run/udev/data", "Where udev keeps its data."),
)


def make_paths(flags: Flags) -> Paths:
    """Where the trees are.

    Raises:
        InputError: one of /proc and /sys is no folder.
    """
    for flag in FLAGS[:2]:
        if not Path(flags[flag.variable]).is_dir():
            raise InputError(f"--{flag.name}", "", "a folder", flags[flag.variable])
    return Paths(*(Path(flags[flag.variable]) for flag in FLAGS))
