"""Pages of a made fleet, as gzip members: what never changes, the machine's, what is shared.

A gzip file may have several members, which its readers, Prometheus' among them, read as one text.
What never changes of a machine is compressed once; its few dozen own numbers with each page; all
the rest once an interval for each of some variants, which machines share.
"""

from __future__ import annotations

import re
import zlib
from operator import itemgetter

from benchmarks.made_fleet.machines import Machine, machine
from benchmarks.made_fleet.own_numbers import is_own, own_numbers, template
from benchmarks.made_fleet.recorded_page import Number, RecordedFamily, RecordedPage
from benchmarks.made_fleet.recording import NAME, TYPE
from benchmarks.made_fleet.shared_numbers import SharedNumbers

VARIANTS = 20
_OF_MACHINE = re.compile(r"perf_loadtest_|perf_machine_|node_memory_|node_uname_info$")
_NODENAME = re.compile(r'nodename="[^"]*"')
_RATE = re.compile(r"perf_loadtest_\w*units_per_second")
_DAY = 86_400.0


class MadeFleet:
    """The machines of a fleet, and their pages.

    Args:
        page: what the real exporter shows.
        count: how many machines there are.
        seed: what they are is drawn by it: the same again with the same.
        start: Unix seconds at which their counters begin.
        interval: seconds between two scrapes; what is shared moves once in them.
    """

    def __init__(
        self, page: RecordedPage, count: int, seed: int, start: float, interval: float = 15.0
    ) -> None:
        self.machines = [machine(seed, number) for number in range(count)]
        self._start, self._interval = start, interval
        known = {family.name: family.samples for family in page.families}
        self._cpus = sum('mode="idle"' in series for series, _ in known["node_cpu_seconds_total"])
        self._memory = float(known["node_memory_MemTotal_bytes"][0][1].steps)
        own = [family for family in page.families if is_own(family)]
        others = [family for family in page.families if not is_own(family)]
        self._own, names = template(own)
        self._numbers = itemgetter(*names)
        of_machine = [family for family in others if _OF_MACHINE.match(family.name)]
        self._fixed = [_packed(_fixed(one, of_machine, start)) for one in self.machines]
        shared = [family for family in others if not _OF_MACHINE.match(family.name)]
        self._shared = SharedNumbers(shared, page.seconds, seed)
        self._kept: dict[int, tuple[int, bytes]] = {}

    def page(self, number: int, now: float) -> bytes:
        """A machine's page at a moment (Unix seconds), compressed."""
        one = self.machines[number]
        memory = self._memory * one.kind.memory
        own = own_numbers(one, now - self._start, now, self._cpus, memory)
        return b"".join(
            (self._fixed[number], _packed(self._own % self._numbers(own)), self._rest(number, now))
        )

    def _rest(self, number: int, now: float) -> bytes:
        """The shared part: made when it is first asked for in an interval."""
        variant = number % VARIANTS
        turn = int((now - self._start) / self._interval)
        kept = self._kept.get(variant)
        if kept is None or kept[0] != turn:
            kept = turn, _packed(self._shared.text(variant, turn * self._interval))
            self._kept[variant] = kept
        return kept[1]


def _fixed(one: Machine, families: list[RecordedFamily], start: float) -> bytes:
    """What never changes on a machine's page."""
    lines = []
    for family in families:
        lines.append(family.head)
        for series, number in family.samples:
            named = series.replace(NAME, one.name).replace(TYPE, one.kind.name)
            named = _NODENAME.sub(f'nodename="{one.name}"', named)
            lines.append(f"{named} {_of_machine(one, family.name, number, start)}\n")
    return "".join(lines).encode()


def _of_machine(one: Machine, name: str, number: Number, start: float) -> str:
    """A number of a family that is a machine's own."""
    if name.startswith("perf_loadtest_") and name.endswith("timestamp_seconds"):
        return f"{start - _DAY:.0f}"
    factor = 1.0
    if _RATE.match(name):
        factor = one.kind.speed
    elif name == "perf_machine_price_dollars_per_hour":
        return repr(round(number.steps / 10**number.decimals * one.kind.dollars, 6))
    elif name.startswith("node_memory_"):
        factor = one.kind.memory
    return number.text(int(number.steps * factor))


def _packed(text: bytes) -> bytes:
    """A gzip member."""
    packer = zlib.compressobj(level=1, wbits=31)
    return packer.compress(text) + packer.flush()
