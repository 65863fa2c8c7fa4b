"""What an agent keeps over its restarts, in the state folder: who it is, and how its job ended.

STATE/agent/id           the agent's id
STATE/agent/ended.json   how a job ended, until the portal has heard of it
STATE/agent/lock         held by the one agent of this state folder
STATE/agent/job-*/       the results of the run that goes on
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from pathlib import Path

import msgspec
from msgspec import Struct

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.locks import FileLock, LockedError

FOLDER = "agent"
_ID, _ENDED, _LOCK = "id", "ended.json", "lock"


class JobEnded(Struct, frozen=True, kw_only=True):
    """How a job ended, as the portal is to hear it."""

    job: str
    attempt: int
    outcome: str
    said: str | None = None
    test_ids: list[str] = []

    @property
    def ending(self) -> dict[str, object]:
        """For the portal."""
        return {"outcome": self.outcome, "said": self.said, "test_ids": self.test_ids}


class AgentMemory:
    """Of the one agent of a state folder; a context manager, which holds its lock.

    Args:
        state: the state folder, which exists.

    Raises:
        PerfAnalysisError: another agent has this folder, or it cannot be written.
    """

    def __init__(self, state: Path) -> None:
        self.folder = state / FOLDER
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._lock = FileLock(self.folder / _LOCK, wait=False)
        except LockedError as error:
            raise PerfAnalysisError(
                f"{state}: another agent runs with this state folder: stop that one first"
            ) from error
        except OSError as error:
            raise _unusable(self.folder, error) from error
        for left in self.folder.glob("job-*"):
            # Of an agent that was killed.
            shutil.rmtree(left, ignore_errors=True)

    def __enter__(self) -> AgentMemory:
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def own_id(self) -> str:
        """The agent's id, a UUID, which is made when there is none.

        Raises:
            InputError: its file holds something else.
            PerfAnalysisError: it cannot be written.
        """
        path = self.folder / _ID
        try:
            return str(uuid.UUID(path.read_text().strip()))
        except FileNotFoundError:
            made = str(uuid.uuid4())
        except (ValueError, UnicodeDecodeError) as error:
            raise InputError(str(path), "", "a UUID, or no such file") from error
        self._write(path, made.encode())
        return made

    def ended(self) -> JobEnded | None:
        """The job whose end the portal has not heard of; None: there is none."""
        try:
            return msgspec.json.decode((self.folder / _ENDED).read_bytes(), type=JobEnded)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def keep(self, ended: JobEnded) -> None:
        """Keep how a job ended, through a power cut as well.

        Raises:
            PerfAnalysisError: it cannot be written.
        """
        self._write(self.folder / _ENDED, msgspec.json.encode(ended))

    def forget(self) -> None:
        """The portal has heard of it."""
        with contextlib.suppress(FileNotFoundError):
            (self.folder / _ENDED).unlink()

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write_atomically(path, data, mode=0o600)
        except OSError as error:
            raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> PerfAnalysisError:
    return PerfAnalysisError(f"{path}: cannot be written ({error.strerror})")
