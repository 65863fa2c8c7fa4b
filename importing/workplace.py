"""The folder of an import in progress: one import at a time, and nothing left of an earlier one."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from importing.files import InputFile
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.locks import FileLock, LockedError

_LOCK = "lock"


class Workplace:
    """A folder that only one import uses; made when it is missing.

    Args:
        folder: its path; the folder that it stands in must exist.
        flag: what to name when it cannot be used.

    Raises:
        InputError: it cannot be made.
        PerfAnalysisError: another import is using it.
    """

    def __init__(self, folder: Path, flag: str) -> None:
        self.folder = folder
        try:
            folder.mkdir(exist_ok=True)
            self._lock = FileLock(folder / _LOCK, wait=False)
        except LockedError as error:
            message = f"{folder}: another import is working there: wait until it has ended"
            raise PerfAnalysisError(message) from error
        except OSError as error:
            expected = f"a folder that exists and can be written to ({error.strerror})"
            raise InputError(flag, "", expected, str(folder.parent)) from error

    def clear(self) -> None:
        """Remove what an interrupted import has left."""
        for entry in self.folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != _LOCK:
                entry.unlink()

    def remove(self) -> None:
        """Remove the folder and all in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Let others use the folder."""
        self._lock.release()


def fingerprint(files: Iterable[InputFile]) -> str:
    """The same for the same files and machines: by path, size and time of change of each file."""
    facts = []
    for file in files:
        status = file.path.stat()
        machine = file.machine
        facts.append(
            [
                str(file.path.resolve()),
                status.st_size,
                status.st_mtime_ns,
                repr(machine.identity),
                machine.cpus,
                sorted(machine.container_names.items()),
                repr(machine.system),
            ]
        )
    return hashlib.sha256(json.dumps(sorted(facts, key=str)).encode()).hexdigest()[:16]
