"""What spoils a busy level: steal, other load, pressure, and what is left of its slices. Pure."""

from __future__ import annotations

from collections import Counter

from loadtest.driving.settings import Profile
from loadtest.driving.spoiling import STEAL_LIMIT
from loadtest.levels import Level, surely_above
from perfanalysis.estimates.run_estimates import LevelEstimates

# Other people's share of the CPUs above which a level is spoiled.
OTHERS_LIMIT = 0.03
# Share of the time in which some task of the machine waited for a CPU (PSI) above which others'
# load was there even if it missed our quanta; on a quiet machine it is 1 to 4 %.
PRESSURE_LIMIT = 0.10
# Spoiled slices are left out; when one reason has spoiled half, what is left is hardly quiet.
EXCLUDED_LIMIT = 0.5


def others_ratio(level: Level, cpus: int) -> float:
    """The share of the used CPUs' time that was busy with other than our own process, 0..1.

    Args:
        level: measured.
        cpus: how many CPUs the run used.
    """
    own = sum(part.own_seconds for part in level.rounds)
    return max(0.0, level.use.busy_ratio - own / (level.duration * (level.workers or cpus)))


def pressure_ratio(level: Level) -> float | None:
    """The share of the time in which some task waited for a CPU; None without PSI."""
    waits = [part.pressure for part in level.rounds if part.pressure is not None]
    if len(waits) != len(level.rounds):
        return None
    return min(1.0, sum(waits) / level.duration)


def spoiled_by(level: Level, found: LevelEstimates, cpus: int, profile: Profile) -> list[str]:
    """What spoils a level, one sentence each; empty: nothing does.

    Args:
        level: measured.
        found: its estimates.
        cpus: how many CPUs the run used.
        profile: the limit of the interval's width.
    """
    reasons = []
    at = f"{'at' if level.workers is None else 'with'} {level.target}"
    use = level.use
    if use.steal_ratio > STEAL_LIMIT:
        reasons.append(f"steal: {use.steal_ratio:.1%} of the time was stolen {at}")
    if level.missed:
        reasons.append(_missed(level))
    others = others_ratio(level, cpus)
    if surely_above(OTHERS_LIMIT, others, use.busy_ratio, level.cpu.total):
        reasons.append(f"other load: other tasks took {others:.1%} of the CPU time {at}")
    pressure = pressure_ratio(level)
    # The kernel counts a thread that its quota stops as one that waits for a CPU.
    limited = level.quota_share is not None
    if pressure is not None and pressure > PRESSURE_LIMIT and not limited:
        reasons.append(f"pressure: tasks waited for a CPU in {pressure:.1%} of the time {at}")
    reasons += _excluded(level, at)
    width = found.relative_half_width
    if width > profile.limit:
        reasons.append(
            f"interval: it reaches {width:.1%} from the estimate {at}, more than "
            f"{profile.limit:.0%}"
        )
    return reasons


def _missed(level: Level) -> str:
    own, of = level.own_busy_ratio, "" if level.quota_share is None else " of the quota"
    if level.own_missed:
        return f"busy level: {level.busy} %{of} was asked, the workers' own were {own:.1%}"
    return f"busy level: {level.busy} %{of} was asked, {level.reached_ratio:.1%} was reached"


def _excluded(level: Level, at: str) -> list[str]:
    total = len(level.slices)
    counts = Counter(
        reason for entry in level.slices for reason in entry.excluded if reason != "warm-up"
    )
    reasons = [
        f"{reason}: {count} of {total} slices were spoiled {at}"
        for reason, count in sorted(counts.items())
        if count > EXCLUDED_LIMIT * total
    ]
    if not level.enough and len(level.clean) < (1 - EXCLUDED_LIMIT) * total:
        reasons.append(
            f"clean slices: only {len(level.clean)} of {total} {at}, so that all were used, less "
            "the time that others took"
        )
    return reasons
