"""Whether all CPUs of a machine do what those of its vendor and model do, of CPUs times one worker.

Learned from division alone (stress-ng's div16), so only the kernel ``divide`` is held against it:
two threads of a core share its divider, and what else a core shares differs from kernel to kernel.
The ranges are Spare Cores' measurements (``benchmarks/smt_ranges.py``); of 100 of their types 5 lie
outside. Pure but for reading the file of ranges once.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from perfanalysis.results.document import Document

KERNEL = "divide"
# The types of the ranges were measured once each, with another program.
SLACK = 0.05
_LOW = (
    "a limit on CPU time, a clock that falls under load, a busy neighbour, or threads that are "
    "shown as cores"
)
_HIGH = "the one worker was held back, or cores are shown as threads"
PATH = Path(__file__).with_name("smt_ranges.json")
# What stands before or behind a model's name: marks, clocks, numbers of cores.
_DROPPED = re.compile(r"\((?:r|tm|c)\)|@.*$|\b\d+-core\b|\bprocessor\b|\bcpu\b", re.IGNORECASE)


class SmtRatio(NamedTuple):
    """A ratio, and the bounds that its figures leave."""

    value: float
    lower: float
    upper: float


class Range(NamedTuple):
    """What most machines of a vendor or a model do.

    Attributes:
        whose: in words.
        lower, upper: of all CPUs over CPUs times one worker.
        types: how many instance types it is made of.
    """

    whose: str
    lower: float
    upper: float
    types: int


def normalised(cpu_model: str) -> str:
    """A CPU model's name without what makes one model look like two."""
    return " ".join(_DROPPED.sub(" ", cpu_model).split()).lower()


def vendor(cpu_model: str, architecture: str) -> str | None:
    """Intel, AMD or Arm; None: another one, or unknown."""
    name = cpu_model.lower()
    if architecture in {"aarch64", "arm64"}:
        return "Arm"
    return "Intel" if "intel" in name else "AMD" if "amd" in name else None


@cache
def _ranges() -> Any:
    return json.loads(PATH.read_text(encoding="utf-8"))


def range_of(cpu_model: str, architecture: str, threads_per_core: int) -> Range | None:
    """The range of a model, or of its vendor; None: no such machine was measured."""
    maker = vendor(cpu_model, architecture)
    group = f"{maker} {threads_per_core}"
    of_model = _ranges()["models"].get(f"{group}: {normalised(cpu_model)}")
    found = of_model or _ranges()["groups"].get(group)
    if found is None:
        return None
    threads = f"{threads_per_core} thread{'' if threads_per_core == 1 else 's'} a core"
    whose = f"{cpu_model.strip() if of_model else maker} machines with {threads}"
    return Range(whose, found["lower"], found["upper"], found["types"])


def ratio(document: Document) -> SmtRatio | None:
    """What all CPUs did of CPUs times one worker, with the bounds that both intervals leave.

    Of a result that something disturbed nothing is said, nor of a part of the machine; None then,
    and where it was not measured.
    """
    machine, whole, single = document.machine, document.full, document.single_interval
    used = machine.used_cpus
    if document.kernel != KERNEL or document.valid is not True or used is None:
        return None
    if whole is None or whole.lower is None or whole.upper is None or single is None:
        return None
    if len(used) != machine.logical_cpus or len(used) < 2 or single.lower <= 0:
        return None
    alone = document.single_units_per_second or single.upper
    return SmtRatio(
        whole.units_per_second / (len(used) * alone),
        whole.lower / (len(used) * single.upper),
        whole.upper / (len(used) * single.lower),
    )


def remark(document: Document) -> str | None:
    """What is odd about a result, in a sentence; None: nothing, or it cannot be told."""
    found, machine = ratio(document), document.machine
    if found is None or machine.threads_per_core is None:
        return None
    known = range_of(machine.cpu_model or "", machine.architecture or "", machine.threads_per_core)
    if known is None:
        return None
    low, high = found.upper < known.lower * (1 - SLACK), found.lower > known.upper * (1 + SLACK)
    if not (low or high):
        return None
    return (
        f"all CPUs do {found.value:.2f} of CPUs times one worker; {known.whose} do "
        f"{known.lower:.2f} to {known.upper:.2f} ({known.types} types, by Spare Cores): "
        f"{_LOW if low else _HIGH}"
    )
