"""A folder of files: spool, reports, configuration."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from operations.backup.manifest import Answer, AskedQuestion, Question
from operations.backup.sources.source import BackupSide, SourceError, Staged

FILES = Question("files")


@dataclass(frozen=True)
class FolderSide:
    """A folder whose files are told by the SHA-256 of their content."""

    folder: Path

    def ask(self, question: Question) -> Answer:
        """See ``BackupSide``; there is one question."""
        assert question.name == FILES.name
        return {
            str(path.relative_to(self.folder)): _digest(path)
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        }


@dataclass(frozen=True)
class FolderSource:
    """See ``BackupSource``. What vanishes while it is copied is left out; so are links.

    Attributes:
        name: see ``BackupSource``.
        path: of the folder.
    """

    name: str
    path: Path
    kind: ClassVar[str] = "folder"

    @contextmanager
    def staged(self, scratch: Path) -> Iterator[Staged]:
        """See ``BackupSource``: a copy, so that what is written meanwhile cannot be half of it."""
        if not self.path.is_dir():
            raise SourceError(f"{self.name}: {self.path}: expected a folder")
        copy = scratch / "files"
        for folder, _, names in os.walk(self.path, onerror=self._unreadable):
            below = copy / Path(folder).relative_to(self.path)
            below.mkdir(parents=True)
            for name in names:
                self._copy(Path(folder, name), below / name)
        yield Staged(copy, [AskedQuestion(FILES, FolderSide(copy).ask(FILES))])

    def live(self) -> BackupSide | None:
        """See ``BackupSource``: files come and go."""
        return None

    @contextmanager
    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> Iterator[BackupSide]:
        """See ``BackupSource``."""
        del scratch, facts
        yield FolderSide(folder)

    def _copy(self, source: Path, target: Path) -> None:
        try:
            if source.is_file() and not source.is_symlink():
                shutil.copy2(source, target)
        except FileNotFoundError:
            return
        except OSError as error:
            self._unreadable(error)

    def _unreadable(self, error: OSError) -> None:
        raise SourceError(f"{self.name}: {error.filename}: {error.strerror}") from error


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
