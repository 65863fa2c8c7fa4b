"""What is done with each interval of PCP, whichever program has written it."""

from __future__ import annotations

from importing.intervals import ToldInterval
from importing.monitors.file import MonitorFile, number
from importing.monitors.pcp_metrics import (
    NCPU,
    PcpMetric,
    leave_out_cpus,
    missing_modes,
    single_out,
)


class PcpIntervals:
    """Puts values into intervals.

    Args:
        file: that they are of.
    """

    def __init__(self, file: MonitorFile) -> None:
        self._file = file
        self._cpus = file.cpus
        self._said = False

    def put(self, name: str, metric: PcpMetric, value: object, told: ToldInterval) -> None:
        """Tell a value of an interval.

        Raises:
            InputError: it is no number.
        """
        where = self._file.at(told.place)
        metric.put(value, told, where)
        if name == NCPU and self._file.cpus is None:
            self._cpus = int(number(value, where, NCPU))

    def end(self, told: ToldInterval) -> None:
        """All values of an interval are put.

        Raises:
            InputError: its CPUs were busy for longer than it was.
        """
        if missing := missing_modes(told):
            leave_out_cpus(told)
            if not self._said:
                self._said = True
                lacking = ", ".join(missing)
                self._file.say(
                    f"{self._file.at(told.place)}: CPU times are left out, since they lack "
                    f"{lacking}: ask for all of kernel.percpu.cpu"
                )
        single_out(told, self._cpus, self._file.at(told.place))
