"""The flags ``--push.*``."""

from __future__ import annotations

from exporter.collecting import Flag, Flags
from perfanalysis.durations import parse_duration
from perfanalysis.endpoint_settings import HEADER_FILES, HEADERS, SETTINGS, flag_of
from perfanalysis.errors import InputError

URL = Flag(
    "push.remote-write-url",
    None,
    "Send all metrics to this Prometheus remote write address, such as "
    "https://prometheus.example/api/v1/write; nothing is pushed without it.",
)
INTERVAL = Flag("push.interval", "15s", "Time between two pushes, such as 15s or 1m.")
LABEL = Flag(
    "push.label",
    (),
    "External label NAME=VALUE of every series; may be given again. Unless given, instance is the "
    "machine's name and job is node.",
)
# How the receiver is reached: by path of the setting, as for every endpoint (docs/delivery.md).
ENDPOINT = {
    setting.path: Flag(
        flag_of(setting.path, "push", "."),
        () if setting.kind in {HEADERS, HEADER_FILES} else None,
        setting.flag_help or setting.help,
    )
    for setting in SETTINGS
}
DIRECTORY = Flag(
    "push.queue.directory",
    None,
    "Where pushes wait on disk; default: push in the load test's state folder.",
)
MAX_BYTES = Flag(
    "push.queue.max-bytes",
    256 << 20,
    "Size of the queue beyond which the oldest pushes are dropped, and counted as such.",
)
FLAGS = (
    URL,
    INTERVAL,
    LABEL,
    *ENDPOINT.values(),
    DIRECTORY,
    MAX_BYTES,
)

SHORTEST, LONGEST = 0.1, 3600.0


def wanted(flags: Flags) -> bool:
    """Whether push mode is on.

    Raises:
        InputError: it is not, but another of its flags is given.
    """
    if flags[URL.variable]:
        return True
    for flag in FLAGS:
        if flags[flag.variable] not in (flag.default, None):
            raise InputError(f"--{flag.name}", "", f"--{URL.name} beside it")
    return False


def parse_interval(text: str) -> float:
    """Seconds of a duration such as ``15s``, ``500ms``, ``1m``; a bare number is seconds.

    Raises:
        InputError: it is none, or not from 0.1 s to an hour.
    """
    seconds = parse_duration(text)
    if seconds is None or not SHORTEST <= seconds <= LONGEST:
        raise InputError(f"--{INTERVAL.name}", "", "a time from 100ms to 1h, such as 15s", text)
    return seconds
