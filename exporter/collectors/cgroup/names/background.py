"""A source of names that is asked beside the scrapes, and only while somebody has no name.

One short thread at a time; none waits in between. The first answer is asked for at start. From
then on a container that no answer has had is asked for a few times, two seconds apart, since a
kubelet hears of it a moment later than the kernel; then it counts as unlisted, and is asked for
again minutes later. A source that fails costs names only.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from time import monotonic
from typing import NamedTuple, Protocol

from exporter.collectors.cgroup.names.errors import NamesError
from exporter.collectors.cgroup.names.identity import (
    PAUSE,
    UNLISTED,
    UNREACHABLE,
    Known,
    KnownNames,
)
from exporter.collectors.cgroup.paths import ContainerPath

LOG = logging.getLogger(__name__)

ASKS = 3
PAUSE_SECONDS = 2.0
# A source that failed, and one that does not have a container.
FAILED_SECONDS = 60.0
UNLISTED_SECONDS = 300.0


class NamesSource(Protocol):
    """Who knows names. ``shown`` says in a log who it is, without a secret."""

    shown: str

    def ask(self) -> KnownNames:
        """All that it knows now, within a few seconds.

        Raises:
            NamesError: there is no usable answer.
        """
        ...


class LookUp(NamedTuple):
    """What is known of a container by now.

    ``known`` is None while nothing is; ``reason`` is one of ``identity.REASONS`` when nothing came
    of asking, and "" while the answer is still on its way.
    """

    known: Known | None
    reason: str = ""


class _Waiting:
    """A container that no answer has had."""

    __slots__ = ("again", "asks", "reason")

    def __init__(self) -> None:
        self.asks = 0
        self.reason = ""
        self.again = 0.0

    def give_up(self, reason: str, seconds: float) -> None:
        self.reason = reason
        self.again = monotonic() + seconds
        self.asks = 0

    def unsettled(self) -> bool:
        return not self.reason or monotonic() >= self.again


class NamesInBackground:
    """Asks a source, and keeps its newest answer.

    ``answers`` counts the attempts that have ended: when it has changed, there may be news.

    Args:
        source: whom to ask; it is asked at once.
    """

    def __init__(self, source: NamesSource) -> None:
        self.answers = 0
        self._source = source
        self._answer = KnownNames()
        self._waiting: dict[str, _Waiting] = {}
        self._lock = threading.Lock()
        self._first = threading.Event()
        self._complaint: str | None = None
        self._asked = 0.0
        self._thread: threading.Thread | None = None
        self._start()

    def wait(self, seconds: float) -> None:
        """Wait for the end of the first attempt, which was made at start."""
        self._first.wait(seconds)

    def look_up(self, found: ContainerPath) -> LookUp:
        """What is known; when nothing is, it will be asked for."""
        known = self._answer.containers.get(found.container_id)
        if known is not None:
            return LookUp(known)
        with self._lock:
            waiting = self._waiting.setdefault(found.container_id, _Waiting())
            if waiting.unsettled():
                self._start()
            reason = waiting.reason
        pod = self._answer.pods.get(found.pod_uid)
        if reason == UNLISTED and pod is not None:
            # The kubelet lists all of a pod but the container that holds its network.
            return LookUp(Known(container=PAUSE, pod=pod.name, namespace=pod.namespace))
        return LookUp(None, reason)

    def keep(self, container_ids: Collection[str]) -> None:
        """Forget all other containers: they have gone."""
        with self._lock:
            for gone in self._waiting.keys() - container_ids:
                del self._waiting[gone]

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True, name="names")
            self._thread.start()

    def _run(self) -> None:
        while True:
            wait = self._asked + PAUSE_SECONDS - monotonic() if self._asked else 0.0
            if wait > 0:
                time.sleep(wait)
            self._asked = monotonic()
            with self._lock:
                asked_for = [w for w in self._waiting.values() if w.unsettled()]
            complaint, reason = self._ask()
            with self._lock:
                self._settle(asked_for, reason)
                self.answers += 1
                self._first.set()
                self._say(complaint)
                if not any(w.unsettled() for w in self._waiting.values()):
                    self._thread = None
                    return

    def _ask(self) -> tuple[str, str]:
        """Ask once; why it failed, and which of the reasons that is."""
        try:
            self._answer = self._source.ask()
        except NamesError as error:
            return str(error), error.reason
        except Exception as error:
            LOG.debug("container names: %s", self._source.shown, exc_info=True)
            return f"{type(error).__name__}: {error}", UNREACHABLE
        return "", ""

    def _settle(self, asked_for: list[_Waiting], reason: str) -> None:
        known = self._answer.containers
        for container_id in [one for one in self._waiting if one in known]:
            del self._waiting[container_id]
        if reason:
            # Those that came meanwhile wait no longer than those that were asked for.
            for waiting in self._waiting.values():
                waiting.give_up(reason, FAILED_SECONDS)
            return
        for waiting in asked_for:
            waiting.asks += 1
            if waiting.asks >= ASKS:
                waiting.give_up(UNLISTED, UNLISTED_SECONDS)

    def _say(self, complaint: str) -> None:
        """Log once what has changed."""
        if complaint and complaint != self._complaint:
            text = "container names: %s: %s; %d containers are shown by their ids"
            LOG.warning(text, self._source.shown, complaint, len(self._waiting))
        elif not complaint and self._complaint != "":
            containers, pods = len(self._answer.containers), len(self._answer.pods)
            text = "container names: %s tells %d containers and %d pods"
            LOG.info(text, self._source.shown, containers, pods)
        self._complaint = complaint
