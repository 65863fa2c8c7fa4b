"""The times of samples, each once: what was scraped together has the same.

A thousand machines over a day have six million samples of each quantity; their times are twice as
large as their values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from threading import Lock

from perfanalysis.promql import Floats
from reporter.asking.sampled_query import Sampled


class SharedTimes:
    """Keeps the times that were seen. Several threads may ask it."""

    def __init__(self) -> None:
        self._seen: dict[bytes, Floats] = {}
        self._lock = Lock()

    def of(self, sampled: Iterable[Sampled]) -> list[Sampled]:
        """The same samples; those of the same times share one array.

        Args:
            sampled: samples of some series.
        """
        return [
            replace(one, samples=replace(one.samples, times=self._kept(one.samples.times)))
            for one in sampled
        ]

    def _kept(self, times: Floats) -> Floats:
        digest = hashlib.blake2b(times.tobytes(), digest_size=16).digest()
        with self._lock:
            return self._seen.setdefault(digest, times)
