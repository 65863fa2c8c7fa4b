"""The cloud's identity of this machine, asked for beside the scrapes and never by one."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from time import monotonic

from exporter.collecting import Flag, Flags
from perfanalysis.machines.cloud.discovery import AUTO, MODES, SECONDS, discover, plan
from perfanalysis.machines.identity import UNKNOWN, Identity

LOG = logging.getLogger(__name__)

CLOUD = Flag(
    "machine.cloud",
    AUTO,
    "Whose metadata service to ask where the machine runs: "
    f"{', '.join(MODES)}. auto: the one that the firmware names, if it names one.",
)
ENDPOINT = Flag(
    "machine.cloud.endpoint", None, "Address of the metadata service, http://HOST[:PORT]."
)
REFRESH_SECONDS = 3600.0
# At boot the network may be later than the exporter.
RETRY_SECONDS = 300.0


class CloudInBackground:
    """Asks at start, and again when a scrape comes an hour later, each time in a short thread.

    No thread waits in between. When the service does not answer, what it told before stays.

    Args:
        sysfs: where /sys is mounted.
        flags: of the command.

    Raises:
        InputError: a flag is unusable.
    """

    def __init__(self, sysfs: Path, flags: Flags) -> None:
        self._plan = plan(
            flags[CLOUD.variable],
            sysfs,
            flags[ENDPOINT.variable],
            (f"--{CLOUD.name}", f"--{ENDPOINT.name}"),
        )
        self._identity = UNKNOWN if self._plan is None else self._plan.known
        self._complaint = ""
        self._next = monotonic()
        self._start()

    def identity(self) -> Identity:
        """What is known by now; starts a refresh when it is time, and does not wait for it."""
        if self._plan is not None and monotonic() >= self._next:
            self._start()
        return self._identity

    def _start(self) -> None:
        if self._plan is None:
            return
        # Until this one has ended there is no other, however slow it is.
        self._next = monotonic() + REFRESH_SECONDS + SECONDS
        threading.Thread(target=self._ask, daemon=True, name="cloud").start()

    def _ask(self) -> None:
        assert self._plan is not None
        found = discover(self._plan)
        identity = found.identity.completed_by(self._identity)
        if found.complaint and found.complaint != self._complaint:
            LOG.warning("cloud identity incomplete: %s", found.complaint)
        elif not found.complaint and (self._complaint or identity != self._identity):
            LOG.info("cloud identity: %s", _in_words(identity))
        self._complaint = found.complaint
        self._identity = identity
        knows_more = identity != self._plan.known
        self._next = monotonic() + (REFRESH_SECONDS if knows_more else RETRY_SECONDS)


def _in_words(identity: Identity) -> str:
    place = (identity.provider, identity.region, identity.zone)
    return " ".join(filter(None, (*place, identity.instance_type, identity.purchase)))
