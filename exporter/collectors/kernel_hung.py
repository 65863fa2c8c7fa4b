"""Tasks that hung, from /proc/sys/kernel/hung_task_detect_count (Linux >= 6.13)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.steady import Steadiness, SteadyPart
from exporter.sources.tokens import unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

_SOURCE = "/proc/sys/kernel/hung_task_detect_count"
TASKS = Family(
    "node_kernel_hung_tasks_total",
    "counter",
    "Total number of tasks that have been detected as hung since the system booted.",
    source=_SOURCE,
)


class KernelHungCollector:
    """``node_kernel_hung_tasks_total``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("sys/kernel/hung_task_detect_count")
        self._layout = Layout([Series(TASKS)])

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            count = unsigned(self._file.read(), _SOURCE)
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [Block(self._layout, [b"%d" % count])]

    def steady(self) -> Steadiness | None:
        """See ``SteadyCollector``."""
        return Steadiness([SteadyPart((self._file,))])


SPECIFICATION = CollectorSpecification("kernel_hung", (TASKS,), KernelHungCollector)
