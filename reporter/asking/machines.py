"""What the report knows of a machine. Unknown is None or an empty string, never 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from perfanalysis.estimates.statistics import Estimate
from perfanalysis.promql import Floats
from reporter.asking.prices import Pricing

# What a model's name has beside the model: marks, its clock, its count of cores.
_BESIDE_THE_MODEL = re.compile(r"\((?:R|TM|tm)\)|\b(?:CPU|Processor|\d+-Core)\b|@.*$")


@dataclass(frozen=True)
class Curve:
    """Units per second by asked busy level; all arrays have one entry a level, in order.

    ``busy`` is in percent; ``units``, ``lower`` and ``upper`` in units per second (NaN where
    unknown); ``reached`` and ``steal`` are ratios 0..1 (NaN where unknown).
    """

    busy: Floats
    units: Floats
    lower: Floats
    upper: Floats
    reached: Floats
    steal: Floats

    def at(self, busy: float) -> Estimate | None:
        """The estimate at one level, or None when it was not measured with an interval."""
        found = np.flatnonzero(self.busy == busy)
        if not len(found):
            return None
        i = found[0]
        values = (float(self.units[i]), float(self.lower[i]), float(self.upper[i]))
        return Estimate(*values) if np.isfinite(values).all() else None

    def rate_at(self, busy: float) -> float | None:
        """The units per second at one level, with an interval or without; None: not measured."""
        found = self.units[self.busy == busy]
        return float(found[0]) if len(found) and np.isfinite(found[0]) else None


@dataclass(frozen=True)
class BurstBaseline:
    """What a burstable machine does for good, in units per second, with bounds where known.

    ``source`` is ``measured``, or ``type``: by the share of a CPU that the provider states.
    """

    value: float
    lower: float | None
    upper: float | None
    source: str


@dataclass(frozen=True)
class LoadTest:
    """The newest run of the reported kernel on one machine; rates in units per second.

    ``max`` and ``curve`` are medians, which compare speeds; ``means`` is the curve of the work that
    was done, None where the run has no means. ``full`` is whether it had the whole machine; a part
    of one has no price-performance. ``earlier`` has the maxima of the other valid runs of 30 days
    under the same conditions, by id: they tell what runs of the machine vary by. ``speeds`` are the
    slow one of two speeds over the quick one, and the share of the time at it; None: one speed.
    ``kernel_version`` and ``profile`` are of the run, ``conditions`` is the fingerprint of all its
    conditions; empty: unknown. ``baseline`` is there for burstable machines alone.
    """

    test_id: str
    ended: float | None
    valid: bool | None
    max: Estimate | None
    single: float | None
    curve: Curve
    full: bool | None = None
    earlier: Mapping[str, float] = field(default_factory=dict)
    means: Curve | None = None
    speeds: tuple[float, float] | None = None
    kernel_version: str = ""
    profile: str = ""
    conditions: str = ""
    baseline: BurstBaseline | None = None

    @property
    def sound(self) -> bool:
        """Whether nothing says that it was disturbed, or had only a part of the machine."""
        return self.valid is not False and self.full is not False

    @property
    def work(self) -> Curve:
        """The work that was done, which is what money buys: without means, the medians."""
        return self.curve if self.means is None else self.means


@dataclass(frozen=True)
class Machine:
    """One machine of the report.

    ``price`` is in dollars per hour, the mean of ``pricing``; ``units_per_dollar`` in units per
    second per dollar-hour, from the recording rule where ``by_rule`` says so. ``cpus`` are threads,
    as the system counts them; ``cores`` are real ones. ``kernels`` has the units per second at full
    load of every kernel, and ``kernel_versions`` under which version and profile.
    ``bare_units_per_dollar`` are the units per dollar where no interval of them is known.
    ``partial_runs`` says whether there are runs on a part of the machine, of which nothing else is
    shown. ``group`` is the value of the label that machines are grouped by, "" where it has no such
    label; None: there are no groups.
    """

    name: str
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    cpu_model: str = ""
    architecture: str = ""
    cpus: int | None = None
    memory_bytes: float | None = None
    price: float | None = None
    test: LoadTest | None = None
    units_per_dollar: Estimate | None = None
    cores: int | None = None
    by_rule: bool = True
    kernels: Mapping[str, float] = field(default_factory=dict)
    kernel_versions: Mapping[str, str] = field(default_factory=dict)
    bare_units_per_dollar: float | None = None
    partial_runs: bool = False
    pricing: Pricing | None = None
    group: str | None = None

    @property
    def units_per_dollar_at_test(self) -> float | None:
        """Units per second per dollar-hour at the price of the day of the test; None: unknown."""
        if not self.units_per_dollar or not self.price or not self.pricing:
            return None
        at_test = self.pricing.at_test
        return self.units_per_dollar.value * self.price / at_test if at_test else None

    @property
    def short_type(self) -> str:
        """Provider and instance type, as far as they are known."""
        return " ".join(word for word in (self.provider, self.instance_type) if word)

    @property
    def short_cpu(self) -> str:
        """The CPU's model without marks and clock, such as ``Intel Xeon Platinum 8375C``."""
        return " ".join(_BESIDE_THE_MODEL.sub(" ", self.cpu_model).split())


# In which unit the fields of a machine, and of the load test in it, are.
UNITS: Mapping[str, str] = {
    "cpus": "CPUs",
    "cores": "cores",
    "memory_bytes": "bytes",
    "price": "USD/h",
    "pricing.mean": "USD/h",
    "pricing.lowest": "USD/h",
    "pricing.highest": "USD/h",
    "pricing.at_test": "USD/h",
    "pricing.known": "ratio of the time in which the machine was seen",
    "units_per_dollar": "units/s per USD/h",
    "bare_units_per_dollar": "units/s per USD/h, no interval is known",
    "kernels": "units/s",
    "test.max": "units/s",
    "test.single": "units/s",
    "test.ended": "Unix seconds",
    "test.curve.busy": "percent",
    "test.curve.units": "units/s",
    "test.curve.lower": "units/s",
    "test.curve.upper": "units/s",
    "test.curve.reached": "ratio",
    "test.curve.steal": "ratio",
    "test.means.busy": "percent",
    "test.means.units": "units/s",
    "test.means.lower": "units/s",
    "test.means.upper": "units/s",
    "test.means.reached": "ratio",
    "test.means.steal": "ratio",
    "test.speeds": "ratio",
    "test.baseline": "units/s",
}
