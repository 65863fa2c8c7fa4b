"""Many machines of three types, made in memory: what pages and charts do with more than a few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from perfanalysis.promql import Series
from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.machines import Curve, LoadTest, Machine
from reporter.asking.usage_queries import CPU_BUSY, MEMORY_USED
from reporter.figures.modes import CPU_BY_MODE
from reporter.language import Language
from reporter.settings.report import Config

START, END, STEP = 1_760_000_000.0, 1_760_086_400.0, 360.0
LEVELS = np.arange(10.0, 101.0, 10.0)
# Type, processor, CPUs, dollars an hour, units at 100 %.
TYPES = (
    ("m7i.large", "Intel(R) Xeon(R) Platinum 8488C", 2, 0.1008, 980.0),
    ("m8g.xlarge", "Neoverse-V2", 4, 0.1795, 2_300.0),
    ("c7a.2xlarge", "AMD EPYC 9R14", 8, 0.41, 5_100.0),
)
KERNELS = {"rmw": 1.0, "integer": 2.4, "vector": 0.31, "membw": 0.08}


def machine(number: int, *, valid: bool = True) -> Machine:
    """One of them; the same number is the same machine."""
    kind, cpu, cpus, price, usual = TYPES[number % len(TYPES)]
    most = usual * (1 + 0.01 * np.sin(number))
    units = most * (LEVELS / 100) ** 0.95
    curve = Curve(LEVELS, units, units * 0.99, units * 1.01, LEVELS / 100, 0 * LEVELS)
    test = LoadTest(
        f"0198c0de-{number:04d}-7000-8000-0123456789ab",
        START - 60,
        valid,
        curve.at(100),
        most / cpus,
        curve,
    )
    assert test.max
    found = Machine(
        f"node-{number:03d}.{kind.partition('.')[0]}.example",
        provider="aws",
        region="eu-west-1",
        zone="eu-west-1a",
        instance_type=kind,
        cpu_model=cpu,
        architecture="x86_64",
        cpus=cpus,
        cores=cpus // 2,
        memory_bytes=cpus * 2.0**32,
        price=price,
        test=test,
        units_per_dollar=test.max.divided_by(price),
    )
    shares = {kernel: most * factor for kernel, factor in KERNELS.items()}
    return replace(found, kernels=shares)


def answers(machines: list[Machine]) -> Answers:
    """Their CPU time and memory over a day."""
    times = np.arange(START, END + 1, STEP)
    waves = [0.4 + 0.3 * np.sin(times / 9000 + i) for i in range(len(machines))]
    own = [{"instance": one.name} for one in machines]
    busy = [Series(labels, times, wave) for labels, wave in zip(own, waves, strict=True)]
    modes = [
        Series({**labels, "mode": mode}, times, share * wave)
        for labels, wave in zip(own, waves, strict=True)
        for mode, share in (("user", 0.8), ("system", 0.2))
    ]
    series = {CPU_BUSY: busy, MEMORY_USED: busy, CPU_BY_MODE: modes}
    sent = {query: query.expression for query in series}
    names = [one.name for one in machines]
    return Answers(machines, series, {}, sent, names, START, END, STEP, STEP, "an engine")


def data(
    count: int, template: str = "comparison", language: str = "en", *, apart: bool = False
) -> ReportData:
    """A report of so many of them; the last one's load test was disturbed.

    Args:
        count: how many.
        template: of the report.
        language: of the report.
        apart: whether each is of a type of its own, else they are of three.
    """
    machines = [machine(i, valid=i != count - 1 or count == 1) for i in range(count)]
    if apart:
        machines = [replace(one, instance_type=f"type-{i}") for i, one in enumerate(machines)]
    config = Config(template=template, language=language)
    return ReportData(config, answers(machines), Language(language))
