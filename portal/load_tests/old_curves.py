"""Load tests of the old system as result documents, and in the old system's own form. Pure.

They are a class of their own. The old program said work units at busy levels and no more: no
intervals, no facts of the machine, not under which conditions; its threads shared one array; and
what it called ``unitsPerSec`` was not the rate at any level. So its curves have a kernel version of
their own, which no comparison holds against another, and their conditions are unknown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perfanalysis import __version__
from perfanalysis.errors import InputError
from perfanalysis.results import writing
from perfanalysis.results.document import FULL, Document, Imported, Level
from perfanalysis.results.machine import Machine

FORMAT = "old-loadtest"
KERNEL = "rmw"
KERNEL_VERSION = "old-loadtest-1"
PROFILE = "imported"


@dataclass(frozen=True)
class OldCurve:
    """A load test of the old system.

    Attributes:
        machine: its name.
        measured_at: with its zone.
        units: by busy level in percent, work units a second of the whole machine.
        cpus: how many it had; None: not said.
        old_id: that it had in the old portal; "": none.
        said: further figures in the old program's words; nothing is made of them.
    """

    machine: str
    measured_at: datetime
    units: Mapping[int, float]
    cpus: int | None = None
    old_id: str = ""
    said: Mapping[str, float] = field(default_factory=dict)


def test_id_of(curve: OldCurve) -> str:
    """The same curve of the same machine and moment has the same id.

    What had an id before is known by that: its machine may have been merged since.
    """
    whole = [curve.machine, curve.measured_at.timestamp(), sorted(curve.units.items())]
    content = json.dumps([curve.old_id] if curve.old_id else whole)
    mark = hashlib.sha256(content.encode()).hexdigest()[:16]
    return f"{curve.measured_at:%Y%m%dT%H%M%SZ}-{KERNEL}-old-{mark}"


def document_of(curve: OldCurve, where: str) -> bytes:
    """The result document of a curve, as its file would be.

    Args:
        curve: with at least one level of more than 0 units.
        where: what it is from, for messages and the document.

    Raises:
        InputError: it has no such level, or what the schema does not take.
    """
    levels = tuple(
        Level(busy=busy, units_per_second=float(units))
        for busy, units in sorted(curve.units.items())
        if units > 0
    )
    if not levels:
        raise InputError(where, "results", "at least one level with more than 0 units")
    settings: dict[str, Any] = {"old": dict(curve.said)} if curve.said else {}
    document = Document(
        test_id=test_id_of(curve),
        kernel=KERNEL,
        kernel_version=KERNEL_VERSION,
        profile=PROFILE,
        timestamp_seconds=curve.measured_at.timestamp(),
        levels=levels,
        machine=Machine(name=curve.machine, logical_cpus=curve.cpus or None),
        imported=Imported(format=FORMAT, file=where, perfanalysis=__version__),
        settings=settings or None,
        max_units_per_second=levels[-1].units_per_second if levels[-1].busy == FULL else None,
    )
    return writing.encode(document, where).data


def averaged(units: Mapping[int, float]) -> float:
    """Over the levels, as the old program had it: it depends on which levels there are."""
    return sum(units.values()) / len(units)
