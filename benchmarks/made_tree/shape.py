"""How big the made machine is, and the names and numbers that its files share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TreeShape:
    """The numbers of things that a made machine has."""

    cpus: int = 256
    disks: int = 512
    interfaces: int = 300
    mounts: int = 500

    @property
    def disk_names(self) -> list[str]:
        """``sda`` ... ``sdz``, ``sdaa`` ...: as the kernel's ``sd_format_disk_name`` counts."""
        return [f"sd{_letters(number)}" for number in range(self.disks)]

    @property
    def interface_names(self) -> list[str]:
        """``eth0`` and so on."""
        return [f"eth{number}" for number in range(self.interfaces)]

    @property
    def mount_points(self) -> list[str]:
        """The mount points, as the machine itself sees them; the first is ``/``."""
        return ["/", *(f"/srv/volume{number}" for number in range(1, self.mounts))]


def _letters(number: int) -> str:
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("a") + rest) + name
    return name


def counter(seed: int, size: int = 10**9) -> int:
    """A number below ``size`` that looks like a counter's, the same for the same seed."""
    return (seed * 2_654_435_761 + 1_013_904_223) % size


def write(path: Path, text: str) -> None:
    """Write one file of the tree, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")


def write_all(folder: Path, files: Mapping[str, object]) -> None:
    """Write small files into one folder, each with the newline that sysfs gives it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        path = folder / name
        if "/" in name:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n", encoding="ascii")
