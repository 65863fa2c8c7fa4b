"""Which backups a repository has."""

from __future__ import annotations

from datetime import UTC, datetime

from operations.backup.creating import set_tag
from operations.backup.manifest import Manifest, decode
from operations.backup.restic import MANIFEST, Repository
from perfanalysis.errors import InputError, PerfAnalysisError

LATEST = "latest"


def manifests(repository: Repository) -> list[Manifest]:
    """Of all backups that were ended, the oldest first."""
    return [
        decode(repository.manifest(one.id), f"the manifest {one.id[:8]}")
        for one in repository.stored(MANIFEST)
    ]


def chosen(repository: Repository, name: str) -> Manifest:
    """The manifest of a backup.

    Args:
        repository: that has it.
        name: of the backup, or ``latest``.

    Raises:
        InputError: there is none of that name.
        PerfAnalysisError: there is none at all.
    """
    tags = [MANIFEST] if name == LATEST else [MANIFEST, set_tag(name)]
    found = repository.stored(*tags)
    if not found and name != LATEST:
        raise InputError("--set", "", "a backup that `perfanalysis backup list` shows", name)
    if not found:
        raise PerfAnalysisError(
            f"{repository.shown} has no backup yet: `perfanalysis backup create`"
        )
    return decode(repository.manifest(found[-1].id), f"the manifest {found[-1].id[:8]}")


def prune(repository: Repository, keep: list[str], now: float, wait: float) -> list[str]:
    """Forget whole backups that a policy does not keep, and parts of backups that never ended.

    Args:
        repository: of which.
        keep: restic's flags.
        now: Unix seconds.
        wait: seconds after which a backup without a manifest is one that will never have one.

    Returns:
        The names of the backups that are gone.
    """
    gone = set(repository.to_forget(keep))
    manifests_ = repository.stored(MANIFEST)
    ended = {_set(one.tags) for one in manifests_}
    names = {_set(one.tags) for one in manifests_ if one.id in gone}
    stored = repository.stored()
    names |= {
        name
        for one in stored
        if (name := _set(one.tags)) not in ended and _is_old(name, now - wait)
    }
    ids = [one.id for one in stored if _set(one.tags) in names]
    if ids:
        repository.forget(ids)
    return sorted(names)


def _set(tags: frozenset[str]) -> str:
    return next((tag.removeprefix("set=") for tag in tags if tag.startswith("set=")), "")


def _is_old(name: str, before: float) -> bool:
    try:
        began = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return began.timestamp() < before
