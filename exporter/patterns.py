"""Regular expressions of flags, with node_exporter's meaning: they match anywhere in the name."""

from __future__ import annotations

import re

from exporter.collecting import Flag, Flags
from perfanalysis.errors import InputError


def compile_flag(flag: Flag, flags: Flags) -> re.Pattern[str]:
    """The compiled value of a flag that holds a regular expression.

    Raises:
        InputError: it is no regular expression.
    """
    text = flags[flag.variable] or ""
    try:
        return re.compile(text)
    except re.error as error:
        raise InputError(f"--{flag.name}", "", f"a regular expression ({error})", text) from error


class DeviceFilter:
    """Which devices to show: all but the excluded, or only the included.

    Raises:
        InputError: both flags are set, or one is no regular expression.
    """

    def __init__(self, exclude: Flag, include: Flag, flags: Flags) -> None:
        included = flags[include.variable]
        excluded = flags[exclude.variable]
        if included and excluded and excluded != exclude.default:
            raise InputError(
                f"--{include.name}", "", f"not to be given together with --{exclude.name}"
            )
        self._include = compile_flag(include, flags) if included else None
        self._exclude = compile_flag(exclude, flags) if excluded and not included else None

    def __call__(self, device: str) -> bool:
        """Whether the device is to be shown."""
        if self._include is not None:
            return self._include.search(device) is not None
        return self._exclude is None or self._exclude.search(device) is None
