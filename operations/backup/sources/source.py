"""What all kinds of sources have in common."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from operations.backup.manifest import Answer, AskedQuestion, Question
from perfanalysis.errors import PerfAnalysisError


class SourceError(PerfAnalysisError):
    """A source cannot be read, or what was restored of it does not run."""


@dataclass(frozen=True)
class Staged:
    """What of a source is to be backed up.

    Attributes:
        folder: its content.
        asked: what the source answered at the moment that the content is of.
        version: of its server; "" where there is none.
        facts: see ``Part``.
    """

    folder: Path
    asked: Sequence[AskedQuestion]
    version: str = ""
    facts: dict[str, list[str]] = field(default_factory=dict)


class BackupSide(Protocol):
    """One of the two that are asked: a source, or what was restored of it."""

    def ask(self, question: Question) -> Answer:
        """Its answer.

        Raises:
            PerfAnalysisError: there is none.
        """
        ...


class BackupSource(Protocol):
    """Something that is backed up.

    Attributes:
        name: how the settings call it.
        kind: how the settings call its kind.
    """

    @property
    def name(self) -> str:
        """See above."""
        ...

    @property
    def kind(self) -> str:
        """See above."""
        ...

    def staged(self, scratch: Path) -> AbstractContextManager[Staged]:
        """Hold still what is to be backed up, while the block runs.

        Args:
            scratch: an empty folder for what has to be written.

        Raises:
            PerfAnalysisError: it cannot be read.
        """
        ...

    def live(self) -> BackupSide | None:
        """The source as it is now; None: its past is not to be asked for."""
        ...

    def restored(
        self, folder: Path, scratch: Path, facts: dict[str, list[str]]
    ) -> AbstractContextManager[BackupSide]:
        """Have a fresh server run on what was restored, while the block runs.

        Args:
            folder: what restic restored.
            scratch: an empty folder.
            facts: see ``Part``.

        Raises:
            PerfAnalysisError: it does not run.
        """
        ...
