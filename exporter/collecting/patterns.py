"""Regular expressions of flags, with node_exporter's meaning: they match anywhere in the name.

node_exporter's are RE2's. The few things that Python's library does not know of that syntax
(``[[:alpha:]]``, ``\\pL``, ``\\z``, ``\\Q``) are refused rather than read as something else.
"""

from __future__ import annotations

import re
import warnings

from exporter.collecting import Flag, Flags
from perfanalysis.errors import InputError


def compile_flag(flag: Flag, flags: Flags) -> re.Pattern[str]:
    """The compiled value of a flag that holds a regular expression.

    Raises:
        InputError: it is no regular expression.
    """
    text = flags[flag.variable] or ""
    try:
        with warnings.catch_warnings():
            # Python would take [[:alpha:]] for a set of the letters of that word.
            warnings.simplefilter("error", FutureWarning)
            return re.compile(text, re.ASCII)
    except (re.error, FutureWarning) as error:
        said = f"a regular expression that Python knows, too ({error})"
        raise InputError(f"--{flag.name}", "", said, text) from error


class DeviceFilter:
    """Which devices to show: all but the excluded, or only the included.

    Args:
        exclude: the flag of those to leave out.
        include: the flag of those to show.
        flags: of the command.
        together: whether both may be given, as in some of node_exporter's collectors; then a
            device is shown that is included and not excluded.

    Raises:
        InputError: both flags are set and may not be, or one is no regular expression.
    """

    def __init__(
        self, exclude: Flag, include: Flag, flags: Flags, *, together: bool = False
    ) -> None:
        included = flags[include.variable]
        excluded = flags[exclude.variable]
        if included and excluded and excluded != exclude.default and not together:
            raise InputError(
                f"--{include.name}", "", f"not to be given together with --{exclude.name}"
            )
        self._include = compile_flag(include, flags) if included else None
        keeps = excluded and (together or not included)
        self._exclude = compile_flag(exclude, flags) if keeps else None

    def __call__(self, device: str) -> bool:
        """Whether the device is to be shown."""
        if self._include is not None and self._include.search(device) is None:
            return False
        return self._exclude is None or self._exclude.search(device) is None
