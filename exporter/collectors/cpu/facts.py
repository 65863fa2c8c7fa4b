"""What is known of CPUs beside their time: /proc/cpuinfo, /sys/devices/system/cpu.

Most of it lasts until a CPU comes or goes, so it is read then, and once a minute.
"""

from __future__ import annotations

from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.sources.attributes import Attributes
from exporter.sources.tokens import shown
from perfanalysis.machines.cpu_list import parse_cpu_list

FOLDER = "devices/system/cpu"


class CpuInfo(NamedTuple):
    """One CPU's fields of /proc/cpuinfo by name, as they stand there."""

    number: int
    fields: dict[str, str]


class Throttles(NamedTuple):
    """The files that count throttling: by package and core, and by package."""

    cores: dict[tuple[str, str], str]
    packages: dict[str, str]


def parse_cpuinfo(data: bytes) -> list[CpuInfo]:
    """The paragraphs of /proc/cpuinfo that are of a CPU.

    Raises:
        CollectorError: there is none.
    """
    cpus = []
    for paragraph in data.decode("utf-8", "replace").split("\n\n"):
        pairs = (line.partition(":") for line in paragraph.split("\n"))
        fields = {name.strip(): value.strip() for name, colon, value in pairs if colon}
        number = fields.get("processor", "")
        if number.isascii() and number.isdigit() and len(number) < 7:
            cpus.append(CpuInfo(int(number), fields))
    if not cpus:
        raise CollectorError(f"/proc/cpuinfo: expected a line 'processor', found {shown(data)}")
    return cpus


def cpu_names(attributes: Attributes) -> list[str]:
    """The folders of CPUs, by their numbers; none where sysfs has none."""
    try:
        names = attributes.names(attributes.folder(FOLDER), "cpu")
    except FileNotFoundError:
        return []
    return [name for name in names if name[3:].isdigit()]


def isolated(attributes: Attributes) -> tuple[int, ...]:
    """The CPUs that the scheduler keeps off.

    Raises:
        MalformedError: the list is malformed.
    """
    path = f"{attributes.folder(FOLDER)}/isolated"
    return parse_cpu_list((attributes.read(path) or b"").decode("utf-8", "replace"), path)


def online(attributes: Attributes, names: list[str]) -> list[tuple[str, bytes]]:
    """Which CPUs are online, by number; none where the first one cannot be switched off."""
    folder = attributes.folder(FOLDER)
    found = []
    for name in names:
        data = attributes.read(f"{folder}/{name}/online")
        if data is not None:
            found.append((name[3:], b"1" if data == b"1" else b"0"))
        elif not found:
            return []
    return found


def find_throttles(attributes: Attributes, names: list[str]) -> Throttles:
    """One file for each core and for each package, of those CPUs that have them."""
    folder = attributes.folder(FOLDER)
    cores: dict[tuple[str, str], str] = {}
    packages: dict[str, str] = {}
    for name in names:
        package = attributes.read(f"{folder}/{name}/topology/physical_package_id")
        core = attributes.read(f"{folder}/{name}/topology/core_id")
        # Where no package is known the kernel writes -1.
        if package is None or core is None or not package.isdigit() or not core.isdigit():
            continue
        where = f"{folder}/{name}/thermal_throttle"
        key = (package.decode(), core.decode())
        if key not in cores and attributes.read(f"{where}/core_throttle_count") is not None:
            cores[key] = f"{where}/core_throttle_count"
        if (
            key[0] not in packages
            and attributes.read(f"{where}/package_throttle_count") is not None
        ):
            packages[key[0]] = f"{where}/package_throttle_count"
    return Throttles(cores, packages)
