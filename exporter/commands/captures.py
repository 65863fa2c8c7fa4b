"""The rules of exporter/validation over the ticks of a capture."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import Flags
from exporter.collecting.captured import PROC, CapturedCollectors, CapturedSeries
from exporter.collecting.deferred import Registered
from exporter.collectors.cgroup.captured import containers
from exporter.collectors.filesystem.captured import mounts
from exporter.validation import rules
from exporter.validation.evaluation import Validator
from perfanalysis.errors import MalformedError
from perfanalysis.recordings.captures import Tick

# What captures have of these is no file of /proc.
_OF_NO_FILE = {"filesystem": mounts, "cgroup": containers}


class CaptureCheck:
    """Evaluates the rules over the ticks of one capture.

    ``failed`` holds the collectors for which no tick had anything yet; ``running`` all.

    Args:
        specifications: the collectors of which those that read /proc are used, where they are on.
        flags: the exporter's.
    """

    def __init__(self, specifications: Sequence[Registered], flags: Flags) -> None:
        self.validator = Validator()
        wanted = [one for one in specifications if one.is_wanted(flags)]
        self._collectors = CapturedCollectors(wanted, flags)
        sources, names = self._collectors.sources, {one.name for one in wanted}
        for name, make in _OF_NO_FILE.items():
            if name in names:
                self._collectors.add(name, CapturedSeries(sources, make))
        self.running = self._collectors.names
        self.failed = set(self.running)
        self._time = 0.0

    def observe(self, tick: Tick) -> None:
        """Look at one tick."""
        now = tick.time
        findings = self.validator.findings
        if self._time:
            findings.evaluated("time", rules.CLOCK)
            if now < self._time:
                detail = f"line {tick.line}: {self._time - now:.6g} s before the tick above it"
                findings.violated("time", rules.CLOCK, now, detail)
        self._time = now
        for name, outcome in self._collectors.collect(tick.texts):
            self.failed.discard(name)
            if isinstance(outcome, MalformedError):
                self.validator.observe_failure(name, f"line {tick.line}: {outcome}", now)
                continue
            self.validator.observe(name, outcome, now)
            if name == "cpu":
                self.validator.observe_stat(tick.texts.get(f"{PROC}stat", b""), now)
