"""The plug-in ``users``: who is logged in, as psutil tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psutil
from prometheus_client.core import Metric

from exporter.collecting import Flags
from exporter.plugins.shipped import families
from exporter.plugins.shipped.metric_families import empty, of_one
from exporter.sources.files import Paths

# Where the C library looks; psutil gives an empty list where it is not there.
UTMP = Path("/var/run/utmp")
# Whoever has most sessions is shown; terminals and where people come from are not.
MOST_USERS = 100


def of_sessions(sessions: Iterable[Any]) -> list[Metric]:
    """The families of what ``psutil.users`` gave."""
    by_user: dict[str, list[float]] = {}
    for session in sessions:
        by_user.setdefault(session.name, []).append(session.started)
    count, oldest = empty(families.SESSIONS), empty(families.SESSION_START)
    for user in sorted(by_user, key=lambda user: (-len(by_user[user]), user))[:MOST_USERS]:
        count.add_metric((user,), len(by_user[user]))
        oldest.add_metric((user,), min(by_user[user]))
    return [count, oldest, of_one(families.USERS, len(by_user))]


class UserCollector:
    """Who is logged in.

    Args:
        utmp: the file of the log-ins.
    """

    def __init__(self, utmp: Path = UTMP) -> None:
        self._utmp = utmp

    def collect(self) -> Iterator[Metric]:
        """The families of now; see prometheus_client.

        Raises:
            FileNotFoundError: the system keeps no record of log-ins, so that nobody knows.
        """
        if not self._utmp.exists():
            raise FileNotFoundError(f"{self._utmp}: this system keeps no record of log-ins there")
        yield from of_sessions(psutil.users())


def make(flags: Flags, paths: Paths) -> UserCollector:
    """The plug-in; the C library reads its own file, wherever ``--path.rootfs`` is."""
    del flags, paths
    return UserCollector()
