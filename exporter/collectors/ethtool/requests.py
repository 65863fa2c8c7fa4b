"""ioctl(2) with SIOCETHTOOL: what the kernel tells anybody of a network device.

Every request is a struct of include/uapi/linux/ethtool.h that begins with the number of the command
and that the kernel fills in.
"""

from __future__ import annotations

import errno
import fcntl
import socket
import struct
from typing import NamedTuple

from exporter.native._numbers import ffi

_SIOCETHTOOL = 0x8946
_DRIVER, _STRINGS, _STATISTICS, _LINK = 0x3, 0x1B, 0x1D, 0x4C
_SET_OF_STATISTICS = 1
# struct ifreq: the device's name, and the address of the request in a union of 24 bytes.
_DEVICE = struct.Struct("@16sP16x")
# struct ethtool_drvinfo: driver, its version, firmware, bus, expansion ROM, ... number of counters.
_DRIVER_INFO = struct.Struct("=I32s32s32s32s32s16xI12x")
# struct ethtool_link_settings: negotiates, words of each of the three masks that follow, ...
_LINK_SETTINGS = struct.Struct("=I7xB3xb32x")
_NAME = 32
# A driver may have more counters by the time that it is asked for them, and writes them all.
_ROOM = 4096

# What the kernel says where a device has no driver that could answer, or is gone.
_SILENT = frozenset({errno.EOPNOTSUPP, errno.ENODEV, errno.EINVAL, errno.EPERM})


class PortLink(NamedTuple):
    """Masks of link modes that a port can do and that it offers, and whether it negotiates."""

    supported: int
    advertised: int
    negotiates: int


class Driver(NamedTuple):
    """What a device's driver is; all may be empty."""

    bus: str
    driver: str
    rom: str
    firmware: str
    version: str


class DeviceAnswers(NamedTuple):
    """What a device told: None, or nothing, where its driver does not tell.

    ``names`` are those of the counters, 32 bytes each, as the kernel has them.
    """

    link: PortLink | None
    driver: Driver | None
    names: bytes
    counts: tuple[int, ...]


def text_of(field: bytes) -> str:
    """A field of a struct up to its first null byte."""
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def driver_of(data: bytes | bytearray) -> tuple[Driver, int]:
    """A struct ethtool_drvinfo, and how many counters the device has."""
    _, driver, version, firmware, bus, rom, counters = _DRIVER_INFO.unpack_from(data)
    return Driver(*map(text_of, (bus, driver, rom, firmware, version))), counters


def link_of(data: bytes | bytearray) -> PortLink:
    """A struct ethtool_link_settings with its masks."""
    _, negotiates, words = _LINK_SETTINGS.unpack_from(data)
    masks = []
    for mask in range(2):
        start = _LINK_SETTINGS.size + 4 * words * mask
        numbers = struct.unpack_from(f"={words}I", data, start)
        masks.append(sum(number << 32 * place for place, number in enumerate(numbers)))
    return PortLink(masks[0], masks[1], negotiates)


class Requests:
    """Asks the kernel by a socket in our network; for one thread."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._buffer = bytearray()

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def device(self, name: str) -> DeviceAnswers:
        """What a device tells.

        Raises:
            OSError: the kernel cannot say.
        """
        encoded = name.encode()
        link = self._link(encoded)
        found = self._ask(encoded, _DRIVER_INFO.size, _DRIVER)
        if found is None:
            return DeviceAnswers(link, None, b"", ())
        driver, counters = driver_of(found)
        names, counts = self._statistics(encoded, counters)
        return DeviceAnswers(link, driver, names, counts)

    def _ask(self, device: bytes, size: int, *words: int) -> bytearray | None:
        """The struct that begins so, as the kernel fills it in; None where the device is silent."""
        if len(self._buffer) < size:
            self._buffer = bytearray(size)
        struct.pack_into(f"={len(words)}I", self._buffer, 0, *words)
        with ffi.from_buffer("char[]", self._buffer) as pinned:
            address = int(ffi.cast("uintptr_t", pinned))
            try:
                fcntl.ioctl(self._socket, _SIOCETHTOOL, _DEVICE.pack(device, address))
            except OSError as error:
                if error.errno in _SILENT:
                    return None
                raise
        return self._buffer

    def _link(self, device: bytes) -> PortLink | None:
        size = _LINK_SETTINGS.size + 3 * 4 * 127
        # The kernel first says, as a negative number, how many words its masks have.
        first = self._ask(device, size, _LINK, 0, 0, 0)
        if first is None:
            return None
        words = -_LINK_SETTINGS.unpack_from(first)[2]
        if words <= 0:
            return None
        found = self._ask(device, size, _LINK, 0, 0, words << 24)
        if found is None or _LINK_SETTINGS.unpack_from(found)[2] != words:
            return None
        return link_of(found)

    def _statistics(self, device: bytes, count: int) -> tuple[bytes, tuple[int, ...]]:
        """The names and the values of a device's counters; none while their number changes."""
        if not count:
            return b"", ()
        room = count + _ROOM
        found = self._ask(device, 12 + _NAME * room, _STRINGS, _SET_OF_STATISTICS, count)
        if found is None or struct.unpack_from("=I", found, 8)[0] != count:
            return b"", ()
        names = bytes(found[12 : 12 + _NAME * count])
        found = self._ask(device, 8 + 8 * room, _STATISTICS, count)
        if found is None or struct.unpack_from("=I", found, 4)[0] != count:
            return b"", ()
        return names, struct.unpack_from(f"={count}Q", found, 8)
