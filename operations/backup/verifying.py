"""Proves a backup: restored, run by fresh servers, asked, and compared with the source."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from operations.backup.comparison import differences
from operations.backup.manifest import AskedQuestion, Manifest, Part
from operations.backup.restic import Repository
from operations.backup.sources.source import BackupSide, BackupSource
from perfanalysis.errors import PerfAnalysisError

Told = Callable[[str], None]


@dataclass(frozen=True)
class PartProof:
    """What came of one part.

    Attributes:
        source: its name.
        faults: what is wrong; none: it is proven.
        notes: what a person should know, and what does not make the backup wrong.
        values: how many values were the same on both sides.
        seconds: that it took.
    """

    source: str
    faults: tuple[str, ...]
    notes: tuple[str, ...] = ()
    values: int = 0
    seconds: float = 0.0

    @property
    def is_proven(self) -> bool:
        """Whether all is the same."""
        return not self.faults


def verify(
    repository: Repository,
    manifest: Manifest,
    sources: Sequence[BackupSource],
    scratch: Path,
    told: Told,
) -> list[PartProof]:
    """Prove each part; one that fails does not keep the others.

    Args:
        repository: that has the backup.
        manifest: of it.
        sources: of the settings, which say how a part is run and where its source is.
        scratch: where it is restored for a while.
        told: gets a line now and then.
    """
    by_name = {(one.name, one.kind): one for one in sources}
    proofs = [
        PartProof(name, ("it could not be backed up at that time",)) for name in manifest.failed
    ]
    for part in manifest.parts:
        source = by_name.get((part.source, part.kind))
        began = time.monotonic()
        told(f"{part.source}: restored and asked, {part.size / 1e6:.1f} MB")
        if source is None:
            said = f"the settings have no source of that name and of kind {part.kind}"
            proofs.append(PartProof(part.source, (said,)))
            continue
        try:
            with tempfile.TemporaryDirectory(prefix="perfanalysis-verify-", dir=scratch) as folder:
                proof = _proof(repository, part, source, Path(folder))
        except PerfAnalysisError as error:
            proof = PartProof(part.source, (str(error),))
        took = time.monotonic() - began
        proofs.append(PartProof(proof.source, proof.faults, proof.notes, proof.values, took))
    return proofs


def _proof(repository: Repository, part: Part, source: BackupSource, folder: Path) -> PartProof:
    # A server of another user has to come through.
    folder.chmod(0o711)
    content, room = folder / "content", folder / "room"
    room.mkdir()
    repository.restore(part.snapshot, content)
    files = sum(path.is_file() and not path.is_symlink() for path in content.rglob("*"))
    faults = []
    if files != part.files:
        faults.append(f"expected {part.files} files, found {files}")
    with source.restored(content, room, part.facts) as side:
        faults += differences(part.asked, [side.ask(one.question) for one in part.asked])
    values = sum(len(one.answer) for one in part.asked)
    if not values:
        faults.append("the source answered nothing when it was backed up: nothing is proven")
    return PartProof(part.source, tuple(faults), tuple(_notes(part.asked, source.live())), values)


def _notes(asked: Sequence[AskedQuestion], live: BackupSide | None) -> list[str]:
    """What the source itself says today of the same time."""
    if live is None:
        return []
    with_time = [one for one in asked if one.question.time is not None]
    try:
        found = [live.ask(one.question) for one in with_time]
    except PerfAnalysisError as error:
        return [f"the source was not asked again: {error}"]
    had = [(one, answer) for one, answer in zip(with_time, found, strict=True) if answer]
    gone = sum(bool(one.answer) for one in with_time) - sum(bool(one.answer) for one, _ in had)
    notes = [f"the source has no more of what {gone} of the questions ask for"] if gone else []
    said = differences([one for one, _ in had], [answer for _, answer in had])
    return notes + [f"the source itself answers otherwise today: {one}" for one in said]
