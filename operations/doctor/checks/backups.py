"""Whether backups are proven."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "backups"
OLD_DAYS = 9


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    made = where.names("perf_backup_last_created_timestamp_seconds", "source")
    if not made:
        advice = "perfanalysis backup (docs/backup.md), or see that your own backups are restored"
        return [Diagnosis(NAME, Health.UNKNOWN, "no backup is told of", advice)]
    failed = where.names("min by (source) (perf_backup_verified) == 0", "source")
    if failed:
        said = f"the last proof of {some(sorted(failed))} failed"
        return [Diagnosis(NAME, Health.WRONG, said, "docs/runbooks/BackupNotVerified.md")]
    age = "time() - max by (source) (perf_backup_last_verified_timestamp_seconds)"
    proven = set(where.names(f"{age} <= {OLD_DAYS * 86_400}", "source"))
    doubtful = sorted(set(made) - proven)
    if doubtful:
        said = f"no backup of {OLD_DAYS} days is proven of {some(doubtful)}"
        return [Diagnosis(NAME, Health.WRONG, said, "docs/runbooks/BackupNotVerified.md")]
    return [Diagnosis(NAME, Health.GOOD, f"backups of {some(made)} are proven")]
