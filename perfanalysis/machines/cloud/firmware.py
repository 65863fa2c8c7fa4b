"""What the firmware says of the machine (DMI), which is the first hint of its provider."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = "class/dmi/id"
_LONGEST = 256


class Firmware(NamedTuple):
    """The strings that providers fill in and everybody may read; empty where there are none."""

    sys_vendor: str = ""
    product_name: str = ""
    bios_vendor: str = ""
    bios_version: str = ""
    chassis_asset_tag: str = ""


def read_firmware(sysfs: Path) -> Firmware:
    """Read them below /sys, or wherever that is mounted."""
    return Firmware(*(_read(sysfs / FOLDER / field) for field in Firmware._fields))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_LONGEST).decode("utf-8", "replace").strip()
    except OSError:
        return ""
