"""Measures of a machine, and what can be said of the difference between two machines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from perfanalysis.estimates import ratios
from perfanalysis.estimates.ratios import Rate, Ratio, RunSpread
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.estimates.variance import run_spread
from reporter.asking.machines import Machine

# What a machine is measured by: a rate above 0 with its interval, where that is known.
Measure = Callable[[Machine], Rate | None]


def ratio(one: Rate, other: Rate, known: Sequence[RunSpread] = ()) -> Ratio | None:
    """How many times ``other`` is ``one``, with its 95 % interval (``estimates.ratios``).

    Each is of one run. Where other runs tell what runs vary by, this is what ``loadtest compare``
    says with an archive; else ``apart`` is about these two runs only, there is no verdict on the
    machines, and ``more`` says how many more runs of each are needed at least. None when a value is
    at or below 0.

    Args:
        one, other: rates.
        known: what runs vary by: of both sides, or of ``other`` and of ``one``.
    """
    if min(one.value, other.value) <= 0:
        return None
    return ratios.compare([[other]], [[one]], known=known)


def of_machines(one: Machine, other: Machine, measure: Measure) -> Ratio | None:
    """How many times another machine's measure one's is; None: one of both is unknown.

    Whether their conditions allow that is not looked at here, see ``run_conditions``.

    Args:
        one, other: the machines.
        measure: of the newest run: a rate, or that by a price, which varies alike.
    """
    first, second = measure(other), measure(one)
    if first is None or second is None:
        return None
    spreads = [_run_spread(machine) for machine in (other, one)]
    known = [spread for spread in spreads if spread is not None]
    return ratio(second, first, known if len(known) == len(spreads) else ())


def _run_spread(machine: Machine) -> RunSpread | None:
    return run_spread([list(machine.test.earlier.values())]) if machine.test else None


def by_earlier_runs(found: Ratio | None) -> bool:
    """Whether a ratio is made of what earlier runs vary by, so that there is a verdict."""
    return found is not None and found.basis == "known"


def ranked(machines: Sequence[Machine], measure: Measure) -> list[Machine]:
    """The machines that have the measure, the greatest first; of equals, by name."""
    having = [(machine, rate) for machine in machines if (rate := measure(machine))]
    having.sort(key=lambda pair: (-pair[1].value, pair[0].name))
    return [machine for machine, _ in having]


def max_units(machine: Machine) -> Rate | None:
    """The machine's units per second at 100 % busy, the median, which compares speeds."""
    if machine.test is None:
        return None
    return _rate(machine.test.curve.rate_at(100), machine.test.max)


def full_rate(machine: Machine) -> float | None:
    """The same without its interval."""
    found = max_units(machine)
    return found.value if found else None


def paid_work(machine: Machine) -> Rate | None:
    """The units per second that the machine's price buys: of a burstable one its baseline, where
    that is known, else the mean at 100 % busy, which is the work that was done."""
    test = machine.test
    if test is None:
        return None
    if lent := test.baseline:
        known = lent.lower is not None and lent.upper is not None
        bounds = Estimate(lent.value, lent.lower or 0.0, lent.upper or 0.0) if known else None
        return _rate(lent.value, bounds)
    return _rate(test.work.rate_at(100), test.work.at(100))


def units_per_dollar(machine: Machine) -> Rate | None:
    """The machine's units per second per dollar-hour."""
    known = machine.units_per_dollar
    return _rate(known.value if known else machine.bare_units_per_dollar, known)


def bounds(found: Rate) -> tuple[float | None, float | None]:
    """The bounds of a rate's interval; None: unknown."""
    known = found.interval
    return (known.lower, known.upper) if known else (None, None)


def _rate(value: float | None, interval: Estimate | None) -> Rate | None:
    return None if value is None or value <= 0 else Rate(value, interval)


def scaling(machine: Machine) -> float | None:
    """How many times one worker's rate the whole machine does."""
    most = full_rate(machine)
    return most / machine.test.single if most and machine.test and machine.test.single else None
