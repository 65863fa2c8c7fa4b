"""Which place has which report: one small file for each, so that no place gets a second copy."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.spool import make_folder
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.locks import FileLock


class Ledger:
    """Remembers deliveries in a folder.

    Args:
        folder: made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the ledger: other processes wait, so that two do not send the same report.

        Raises:
            PerfAnalysisError: the folder cannot be made or written.
        """
        try:
            make_folder(self._folder)
            lock = FileLock(self._folder / "lock", wait=True)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            yield
        finally:
            lock.release()

    def has(self, place: str, digest: str) -> bool:
        """Whether a place has a report."""
        return self._path(place, digest).exists()

    def add(self, place: str, digest: str) -> None:
        """Remember that a place has a report, also after a power cut.

        Raises:
            PerfAnalysisError: it cannot be written.
        """
        entry = {"place": place, "digest": digest, "time": round(time.time())}
        try:
            write_atomically(self._path(place, digest), json.dumps(entry).encode(), mode=0o600)
        except OSError as error:
            raise self._unusable(error) from error

    def first_tried(self, occasion: str, now: float) -> float:
        """When the report of an occasion was tried first: what is remembered, or else ``now``.

        A job that is tried again so reports the same range, though its range ends at ``now``.

        Raises:
            PerfAnalysisError: it cannot be remembered.
        """
        path = self._path("first tried", occasion)
        with self.opened():
            if path.exists():
                return float(json.loads(path.read_bytes())["time"])
            try:
                write_atomically(path, json.dumps({"time": now}).encode(), mode=0o600)
            except OSError as error:
                raise self._unusable(error) from error
        return now

    def _path(self, place: str, digest: str) -> Path:
        name = hashlib.sha256(f"{place}\n{digest}".encode()).hexdigest()
        return self._folder / f"{name}.json"

    def _unusable(self, error: OSError) -> PerfAnalysisError:
        return PerfAnalysisError(
            f"{self._folder}: the record of deliveries cannot be written: {error.strerror};"
            " PERFANALYSIS_STATE_DIRECTORY names another folder"
        )
