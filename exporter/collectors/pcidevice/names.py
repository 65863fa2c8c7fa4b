"""What people call PCI devices: a file ``pci.ids``, as pciutils and hwdata have it.

A line is an identity and a name, with two spaces between. Vendors begin their line, their devices
have a tab before them, and the subsystems of these two. Behind them come classes (``C 01``), with
subclasses and programming interfaces below them in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

# Devices that the file may know: vendor and device, four hexadecimal digits each.
Identity = tuple[str, str]


@dataclass(slots=True)
class Names:
    """The names of the devices that were asked for, by their hexadecimal digits.

    ``subsystems`` are by vendor, device, and the subsystem's own vendor and device; a class is its
    two digits, with those of its subclass and programming interface behind them.
    """

    vendors: dict[str, str] = field(default_factory=dict)
    devices: dict[Identity, str] = field(default_factory=dict)
    subsystems: dict[tuple[str, str, str, str], str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)

    def of_vendor(self, vendor: str) -> str:
        """A vendor's name, or its digits."""
        return self.vendors.get(vendor, vendor)

    def of_device(self, vendor: str, device: str) -> str:
        """A device's name, or its digits."""
        return self.devices.get((vendor, device), device)

    def of_subsystem(self, device: Identity, subsystem: Identity) -> str:
        """A subsystem's name, or the digits of its device."""
        return self.subsystems.get((*device, *subsystem), subsystem[1])

    def of_class(self, digits: str) -> str:
        """The name of a class of six digits: the narrowest that the file has."""
        for length in (6, 4, 2):
            if name := self.classes.get(digits[:length]):
                return name
        return f"Unknown class ({digits})"


def _entries(lines: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """Depth, identity and name of each line that has them."""
    for line in lines:
        text = line.lstrip("\t")
        identity, gap, name = text.partition("  ")
        if gap and not text.startswith("#"):
            yield len(line) - len(text), identity.strip(), name.strip()


def read_names(lines: Iterable[str], wanted: Collection[Identity], vendors: set[str]) -> Names:
    """The names of some devices; the whole file would be megabytes.

    Args:
        lines: of the file.
        wanted: the devices whose names, and whose subsystems' names, are asked for.
        vendors: whose names are asked for.
    """
    names = Names()
    top, below = "", ""
    in_classes = False
    for depth, identity, name in _entries(lines):
        if depth == 0:
            in_classes = identity.startswith("C ")
            top, below = identity.removeprefix("C ").strip(), ""
            if in_classes:
                names.classes[top] = name
            elif top in vendors:
                names.vendors[top] = name
        elif depth == 1:
            below = identity
            if in_classes:
                names.classes[top + below] = name
            elif (top, below) in wanted:
                names.devices[top, below] = name
        elif depth == 2 and in_classes:
            names.classes[top + below + identity] = name
        elif depth == 2 and (top, below) in wanted:
            vendor, _, device = identity.partition(" ")
            names.subsystems[top, below, vendor, device.strip()] = name
    return names
