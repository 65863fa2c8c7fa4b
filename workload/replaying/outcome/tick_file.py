"""Each tick's target and actual as CSV, in the columns of the system before this one.

``timestamp`` (UTC), ``metric_type``, ``target``, ``actual``, ``error``, ``pct_error`` (of the
target; empty where that is 0). CPU is in percent, all else in the resource's unit.
"""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from perfanalysis.errors import PerfAnalysisError
from workload.replaying.load import ResourceTick
from workload.replaying.outcome.presentation import is_share

COLUMNS = ("timestamp", "metric_type", "target", "actual", "error", "pct_error")


class TickFile:
    """Written tick by tick; a context manager.

    Args:
        path: of the file, which is replaced; None: nothing is written.

    Raises:
        PerfAnalysisError: it cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        if path is not None:
            try:
                self._file = path.open("w", newline="", encoding="utf-8", buffering=1)
            except OSError as error:
                raise PerfAnalysisError(f"{path}: {error.strerror}") from error
            csv.writer(self._file).writerow(COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, found: Sequence[ResourceTick]) -> None:
        """Write one tick that has just ended."""
        if self._file is None:
            return
        at = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        csv.writer(self._file).writerows(
            [at, *row(one)] for one in found if not math.isnan(one.target)
        )


def row(one: ResourceTick) -> list[str]:
    """The columns of one resource behind the time."""
    unit = 100 if is_share(one.resource) else 1
    target, actual = one.target * unit, one.actual * unit
    error = actual - target
    part = f"{error / target * 100:.2f}" if target else ""
    return [one.resource, f"{target:.6g}", f"{actual:.6g}", f"{error:.4g}", part]
