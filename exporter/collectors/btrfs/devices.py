"""What btrfs tells of its devices by ioctl(2) only (include/uapi/linux/btrfs.h).

Needs no privilege but to open the mount point.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from typing import NamedTuple

# _IOR(0x94, 31, 1024 bytes), _IOWR(0x94, 30, 4096 bytes), _IOWR(0x94, 52, 1032 bytes).
_FS_INFO = 0x8400941F
_DEV_INFO = 0xD000941E
_GET_DEV_STATS = 0xC4089434
# struct btrfs_ioctl_fs_info_args: max_id, num_devices, fsid, ...
_FS_INFO_HEAD = struct.Struct("=QQ16s")
_FS_INFO_SIZE = 1024
# struct btrfs_ioctl_dev_info_args: devid, uuid, bytes_used, total_bytes, unused[379], path[1024].
_DEV_INFO_HEAD = struct.Struct("=Q16sQQ")
_DEV_INFO_SIZE = 4096
_DEV_PATH_OFFSET = _DEV_INFO_HEAD.size + 379 * 8
# struct btrfs_ioctl_get_dev_stats: devid, nr_items, flags, values[5], unused.
_DEV_STATS = struct.Struct("=QQQ5Q")
_DEV_STATS_SIZE = 1032
ERROR_TYPES = ("write", "read", "flush", "corruption", "generation")
_MOST_DEVICES = 4096


class BtrfsDevice(NamedTuple):
    """One device: its name without folders, uuid, sizes in bytes, errors by ``ERROR_TYPES``."""

    name: str
    uuid: str
    used: int
    total: int
    errors: tuple[int, ...]


def file_system_devices(mount_point: str) -> tuple[str, list[BtrfsDevice]]:
    """The id of the file system that is mounted there (32 hexadecimal digits), and its devices.

    Raises:
        OSError: the mount point cannot be opened, or is of no btrfs.
    """
    descriptor = os.open(mount_point, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        answer = fcntl.ioctl(descriptor, _FS_INFO, bytes(_FS_INFO_SIZE))
        highest, count, fsid = _FS_INFO_HEAD.unpack_from(answer)
        devices = []
        for number in range(min(highest, _MOST_DEVICES) + 1):
            try:
                devices.append(_device(descriptor, number))
            except OSError as error:
                # Numbers have gaps.
                if error.errno != errno.ENODEV:
                    raise
            if len(devices) == count:
                break
    finally:
        os.close(descriptor)
    return fsid.hex(), devices


def _device(descriptor: int, number: int) -> BtrfsDevice:
    asked = _DEV_INFO_HEAD.pack(number, b"", 0, 0)
    answer = fcntl.ioctl(descriptor, _DEV_INFO, asked + bytes(_DEV_INFO_SIZE - len(asked)))
    _, uuid, used, total = _DEV_INFO_HEAD.unpack_from(answer)
    path = answer[_DEV_PATH_OFFSET:].partition(b"\0")[0].decode("utf-8", "replace")
    request = _DEV_STATS.pack(number, len(ERROR_TYPES), 0, 0, 0, 0, 0, 0)
    stats = fcntl.ioctl(descriptor, _GET_DEV_STATS, request + bytes(_DEV_STATS_SIZE - len(request)))
    _, _, _, *errors = _DEV_STATS.unpack_from(stats)
    return BtrfsDevice(path.rpartition("/")[2], uuid.hex(), used, total, tuple(errors))
