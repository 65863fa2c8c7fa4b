"""Makes a backup: each source held still and stored, the manifest last."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from operations.backup.manifest import Manifest, Part, encode
from operations.backup.restic import Repository
from operations.backup.settings import BackupSettings
from operations.backup.sources.source import BackupSource
from perfanalysis.errors import PerfAnalysisError

Told = Callable[[str], None]
_SAY_EVERY = 5.0


@dataclass(frozen=True)
class Created:
    """A backup that was made, and why parts of it are missing, by source."""

    manifest: Manifest
    faults: dict[str, str]


def set_tag(name: str) -> str:
    """The tag that all parts of a backup have."""
    return f"set={name}"


def create(repository: Repository, settings: BackupSettings, scratch: Path, told: Told) -> Created:
    """Back up all sources; one that fails does not keep the others.

    Args:
        repository: made where it is not there.
        settings: what the file says.
        scratch: where copies are made meanwhile.
        told: gets a line now and then.

    Raises:
        PerfAnalysisError: not one source could be backed up, or the manifest could not be written.
    """
    began = time.time()
    if repository.make():
        told(f"made the repository {repository.shown}")
    stamp = datetime.fromtimestamp(began, UTC).strftime("%Y%m%dT%H%M%SZ")
    name = f"{stamp}-{secrets.token_hex(2)}"
    parts, faults = [], {}
    for source in settings.sources:
        try:
            with tempfile.TemporaryDirectory(prefix="perfanalysis-backup-", dir=scratch) as folder:
                parts.append(_part(repository, source, name, Path(folder), told))
        except PerfAnalysisError as error:
            faults[source.name] = str(error)
            told(f"{source.name}: not backed up: {error}")
    if not parts:
        raise PerfAnalysisError(f"nothing was backed up: {'; '.join(faults.values())}")
    manifest = Manifest(set=name, time=began, parts=tuple(parts), failed=tuple(sorted(faults)))
    repository.store_manifest(encode(manifest), [set_tag(name)])
    return Created(manifest, faults)


def _part(
    repository: Repository, source: BackupSource, name: str, folder: Path, told: Told
) -> Part:
    said = time.monotonic()

    def progress(share: float) -> None:
        nonlocal said
        if time.monotonic() - said > _SAY_EVERY:
            said = time.monotonic()
            told(f"{source.name}: {share:.0%} stored")

    told(f"{source.name}: looked at")
    with source.staged(folder) as staged:
        tags = [set_tag(name), f"source={source.name}"]
        sent = repository.store(staged.folder, tags, progress)
    told(f"{source.name}: stored, {sent.files} files, {sent.size / 1e6:.1f} MB")
    return Part(
        source=source.name,
        kind=source.kind,
        snapshot=sent.id,
        files=sent.files,
        size=sent.size,
        version=staged.version,
        asked=tuple(staged.asked),
        facts=staged.facts,
    )
