"""Disks follow the recording, each by a file of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workload.replaying.disk.follower import IDLE, DiskFollower
from workload.replaying.disk.target_disk import DiskCounters
from workload.replaying.load import ResourceTick, Stopped
from workload.replaying.replay_tick import DiskRates, ReplayTick

RESOURCES = ("disk_read_bytes", "disk_write_bytes", "disk_reads", "disk_writes")


class DiskLoad:
    """Drives some devices.

    Args:
        followers: one for each.
    """

    def __init__(self, followers: Sequence[DiskFollower]) -> None:
        self._followers = followers
        self._tick = ReplayTick(0.0)

    def __enter__(self) -> DiskLoad:
        for follower in self._followers:
            follower.launch()
        return self

    def __exit__(self, *error: object) -> None:
        for follower in self._followers:
            follower.close()

    def prepare(self, tick: ReplayTick, stopped: Stopped) -> None:
        """See ``Load.prepare``: there is nothing to do before."""

    def begin(self, tick: ReplayTick, at: float) -> None:
        """See ``Load.begin``."""
        self._tick = tick
        for follower in self._followers:
            follower.begin(tick.disks.get(follower.device, IDLE), at, tick.seconds)

    def steer(self, at: float, until: float) -> None:
        """See ``Load.steer``: threads do that.

        Raises:
            PerfAnalysisError: a file can no longer be read or written.
        """
        del at, until
        for follower in self._followers:
            follower.check()

    def finish(self, at: float) -> list[ResourceTick]:
        """See ``Load.finish``: the sums over all devices."""
        del at
        done = [follower.finish() for follower in self._followers]
        unknown = DiskRates(math.nan, math.nan, math.nan, math.nan)
        wanted = [self._tick.disks.get(one.device, unknown) for one in self._followers]
        gone = all(follower.given_up for follower in self._followers)
        limit = 0.0 if gone else math.inf
        return [
            ResourceTick(
                resource,
                math.fsum(rates[place] for rates in wanted),
                math.fsum(_field(one, place) for one in done) / self._tick.seconds,
                limit,
            )
            for place, resource in enumerate(RESOURCES)
        ]


def _field(counters: DiskCounters, place: int) -> float:
    return counters[place]
