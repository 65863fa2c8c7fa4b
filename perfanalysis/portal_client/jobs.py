"""What a machine's agent asks a portal and tells it: `/api/v1/agents`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import requests
from msgspec import Struct

from perfanalysis.delivery.answers import no_answer
from perfanalysis.delivery.backoff import PassingFailure, retry_after
from perfanalysis.delivery.credentials import redacted
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.session import Session
from perfanalysis.errors import PerfAnalysisError

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
_MOST_BYTES = 1 << 20
# A person mends what is wrong with a key: an agent goes on asking.
_HEALABLE = frozenset({401, 402, 403, 407, 408, 421, 425, 429})
Form = TypeVar("Form", bound=Struct)


class AgentRefusedError(PerfAnalysisError):
    """The portal said no to an agent; the same again would be refused, too."""

    def __init__(self, where: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"{where}: {status}: {said}")


class WantedJob(Struct, frozen=True, kw_only=True):
    """A load test that is wanted, as far as an agent needs it; to be checked before it is run."""

    id: str
    kernels: list[str]
    profile: str
    levels: list[str]
    limit_seconds: int


class TakenWork(Struct, frozen=True):
    """A job that the agent has from now on."""

    attempt: int
    job: WantedJob


class WorkFound(Struct, frozen=True):
    """What there is to do; ``watched``: somebody wants to see the machine's readings."""

    machine_id: str
    watched: bool
    taken: TakenWork | None = None


class _Heard(Struct, frozen=True):
    stop: str | None = None


class _StillWatched(Struct, frozen=True):
    watched: bool = False


class _Any(Struct, frozen=True):
    pass


class AgentClient:
    """Connections to one portal, which are kept; of one thread.

    Args:
        endpoint: the portal's address, such as ``https://portal.example``, and what opens it.
        agent: the agent's own id, a UUID.
    """

    def __init__(self, endpoint: Endpoint, agent: str) -> None:
        self._endpoint = endpoint
        self._agent = agent
        self._session = Session(endpoint)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def work(
        self, machine: str, offers: Mapping[str, Any], *, takes: bool, wait_seconds: float
    ) -> WorkFound:
        """Ask for work of a machine, and wait for it.

        Args:
            machine: its name.
            offers: what may be started: ``kernels``, ``profiles``, ``most_seconds``, ``window``.
            takes: whether a job may be taken now.
            wait_seconds: how long the portal may wait with its answer.

        Raises:
            PassingFailure: no answer, or none that means anything; try again.
            AgentRefusedError: the portal refuses.
            InputError: a key's file cannot be read.
        """
        said = {"machine": machine, "agent": self._agent, "offers": offers, "takes": takes}
        said["wait_seconds"] = wait_seconds
        return self._post("/api/v1/agents/work", said, WorkFound, wait_seconds)

    def progress(self, taken: TakenWork, progress: Mapping[str, Any]) -> str | None:
        """Tell how far a run is.

        Args:
            taken: the job.
            progress: ``kernel``, ``phase``, ``progress_ratio``, ``units_per_second``.

        Returns:
            Why the run is to be stopped; None: it goes on.

        Raises:
            PassingFailure, AgentRefusedError, InputError: as ``work``.
        """
        url = f"/api/v1/agents/jobs/{taken.job.id}/progress"
        return self._post(url, {**self._of(taken.attempt), **progress}, _Heard).stop

    def end(self, job: str, attempt: int, ending: Mapping[str, Any]) -> None:
        """Tell how a run ended; it may be said again.

        Args:
            job: its id.
            attempt: which attempt.
            ending: ``outcome``, ``said``, ``test_ids``.

        Raises:
            PassingFailure, AgentRefusedError, InputError: as ``work``.
        """
        self._post(f"/api/v1/agents/jobs/{job}/end", {**self._of(attempt), **ending}, _Any)

    def readings(self, machine_id: str, readings: Mapping[str, float]) -> bool:
        """Tell what was read of the machine.

        Returns:
            Whether somebody still watches.

        Raises:
            PassingFailure, AgentRefusedError, InputError: as ``work``.
        """
        said = {"agent": self._agent, "readings": readings}
        url = f"/api/v1/agents/{machine_id}/readings"
        return self._post(url, said, _StillWatched).watched

    def _of(self, attempt: int) -> dict[str, Any]:
        return {"agent": self._agent, "attempt": attempt}

    def _post(
        self, path: str, said: Mapping[str, Any], form: type[Form], waits: float = 0.0
    ) -> Form:
        endpoint = self._endpoint
        secrets = endpoint.secrets()
        where = f"{endpoint.shown.rstrip('/')}{path}"
        try:
            with self._session.send(
                "POST",
                f"{endpoint.url.rstrip('/')}{path}",
                secrets=secrets,
                headers={"Content-Type": "application/json"},
                data=msgspec.json.encode(said),
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS + waits),
            ) as response:
                body = _body(response)
                status, headers = response.status_code, response.headers
        except (requests.RequestException, OSError) as error:
            raise PassingFailure(f"{where}: {redacted(no_answer(error).said, secrets)}") from None
        if 200 <= status < 300:
            try:
                return msgspec.json.decode(body, type=form)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise PassingFailure(f"{where}: no answer of a portal ({error})") from error
        detail = redacted(_detail(body), secrets)
        if status in _HEALABLE or status >= 500:
            wait = retry_after(headers.get("Retry-After"), time.time())
            raise PassingFailure(f"{where}: {status}: {detail}", wait)
        raise AgentRefusedError(where, status, detail)


class _Problem(Struct, frozen=True):
    detail: str = ""


def _body(response: requests.Response) -> bytes:
    found = bytearray()
    for piece in response.iter_content(1 << 16):
        found += piece
        if len(found) > _MOST_BYTES:
            raise requests.RequestException("an answer of more than a mebibyte")
    return bytes(found)


def _detail(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_Problem).detail
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "no answer of a portal"
