"""A run with a ladder, from its workers to the bytes of its document."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

from msgspec import structs

from cffi_burn.kernel import all_kernels
from loadtest.driving.settings import Settings
from loadtest.run import Subject
from loadtest.session import measure_into
from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.identity import Identity
from perfanalysis.results import reading, writing
from perfanalysis.results.families import samples_of

# One thread on each of four CPUs; this machine may have fewer, whose CPUs then have several.
COUNT = 4


def test_rungs_stand_between_one_worker_and_all(tmp_path: Path) -> None:
    cpus = itertools.islice(itertools.cycle(sorted(os.sched_getaffinity(0))), COUNT)
    # Without sysfs each CPU counts as a core of its own.
    usable = UsableCpus(tuple(cpus), None, root=tmp_path)
    settings = Settings(levels=(50, 100), seconds_per_level=0.3, with_ladder=True)
    subject = Subject(Identity(name="made", architecture="x86_64"), all_kernels()["rmw"], usable)
    made = measure_into(tmp_path, subject, settings, progress="none")
    assert [(level.busy, level.workers) for level in made.levels] == [(50, None), (100, None)]
    assert [(level.busy, level.workers) for level in made.ladder or ()] == [(100, 2)]
    assert made.single is not None and made.single.workers == 1
    # As if all of them were CPUs of their own.
    told = structs.replace(
        made,
        machine=structs.replace(made.machine, used_cpus=tuple(range(COUNT))),
        # A run of chosen levels is no figure of its machine.
        profile="default",
    )
    document = reading.parse(writing.encode(told).data, "made")
    assert list(document.rungs) == [1, 2, 4]
    shown = {
        series.labels[1]: float(value)
        for series, value in samples_of(document)
        if series.family.name == "perf_loadtest_ladder_units_per_second"
    }
    assert shown == {str(n): level.units_per_second for n, level in document.rungs.items()}
    assert json.loads(writing.encode(document).data)["settings"]["ladder"] == [2]
