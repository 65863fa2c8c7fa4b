"""Files that a replay makes: each is in a journal before it exists, so that none is left for ever.

The journal is ``STATE/replay-files.json``, a list of paths. A file's name ends with 128 random
bits: what has such a name and stands in the journal was made here, and nothing else is touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import stat
from pathlib import Path

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError

JOURNAL = "replay-files.json"
_NAME = re.compile(r"\.perfanalysis-replay-[0-9a-f]{32}")


class OwnFiles:
    """The files of one replay; a context manager that removes them.

    Args:
        state: the state folder, which exists; nobody else replays with it meanwhile.
    """

    def __init__(self, state: Path) -> None:
        self._journal = state / JOURNAL
        self._paths: list[Path] = []
        self._descriptors: list[int] = []

    def __enter__(self) -> OwnFiles:
        """Remove what a replay left that was killed.

        Raises:
            PerfAnalysisError: the journal cannot be read, or a file of it cannot be removed.
        """
        self.left_behind = self._clean()
        return self

    def __exit__(self, *error: object) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink()
        self._paths = [path for path in self._paths if path.exists()]
        with contextlib.suppress(OSError):
            self._write()

    def make(self, folder: Path) -> int:
        """Make a file in a folder that exists.

        Returns:
            Its descriptor, which belongs to this object.

        Raises:
            PerfAnalysisError: it cannot be made, or not be written down.
        """
        path = folder.absolute() / f".perfanalysis-replay-{secrets.token_hex(16)}"
        self._paths.append(path)
        try:
            self._write()
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o600)
        except OSError as error:
            raise PerfAnalysisError(f"{path}: no file can be made ({error.strerror})") from error
        self._descriptors.append(descriptor)
        return descriptor

    def _write(self) -> None:
        if not self._paths:
            self._journal.unlink(missing_ok=True)
            return
        text = json.dumps([str(path) for path in self._paths])
        write_atomically(self._journal, text.encode() + b"\n", mode=0o600)

    def _clean(self) -> list[Path]:
        """Remove the files of an earlier journal; those that were still there."""
        found = [path for path in self._read() if _is_ours(path)]
        for path in found:
            try:
                path.unlink()
            except OSError as error:
                raise PerfAnalysisError(
                    f"{path}: left behind by a replay that was killed, and cannot be removed "
                    f"({error.strerror})"
                ) from error
        self._journal.unlink(missing_ok=True)
        return found

    def _read(self) -> list[Path]:
        try:
            listed = json.loads(self._journal.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise PerfAnalysisError(
                f"{self._journal}: expected the files of an earlier replay ({error}): remove them "
                "by hand, then the journal"
            ) from error
        if not isinstance(listed, list):
            raise PerfAnalysisError(f"{self._journal}: expected a list of paths")
        return [Path(path) for path in listed if isinstance(path, str)]


def _is_ours(path: Path) -> bool:
    if not path.is_absolute() or not _NAME.fullmatch(path.name):
        return False
    with contextlib.suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False
