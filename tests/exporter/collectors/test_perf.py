"""Events that the kernel counts on each CPU."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from exporter.native._numbers import lib

from exporter.collecting import NothingToRead
from exporter.collectors import perf
from exporter.collectors.perf import collector, counting, events
from exporter.collectors.process import open_files
from exporter.sources.files import Paths, Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT, render_page
from tests.exporter.conftest import flags_of, samples_of

SOFTWARE_ONLY = (
    *("--collector.perf", "--collector.perf.disable-hardware-profilers"),
    "--collector.perf.disable-cache-profilers",
)
SWITCHES = events.SOFTWARE_EVENTS["ContextSwitch"]


@pytest.fixture
def allowed() -> None:
    """Whether this kernel lets us count at all."""
    descriptor = lib.open_event(SWITCHES.type, SWITCHES.config, 0)
    if descriptor < 0:
        pytest.skip(f"the kernel does not count for us: {os.strerror(-descriptor)}")
    os.close(descriptor)


@contextlib.contextmanager
def running(*flags: str) -> Iterator[collector.PerfCollector]:
    sources = Sources(Paths())
    try:
        yield collector.PerfCollector(sources, flags_of(*flags))
    finally:
        sources.close()


def collected(one: collector.PerfCollector) -> dict[str, float]:
    return samples_of(render_page(one.collect(), TEXT))


@pytest.mark.parametrize(
    ("text", "cpus"),
    [
        ("0", [0]),
        ("0-3,8", [0, 1, 2, 3, 8]),
        ("8,0-1,1", [0, 1, 8]),
        ("1-10:5", [1, 6]),
        ("0-6:2,3", [0, 2, 3, 4, 6]),
    ],
)
def test_lists_of_cpus(text: str, cpus: list[int]) -> None:
    assert collector.cpus_of(text) == cpus


@pytest.mark.parametrize("text", ["x", "1-", "0-3:0", "1,,2", "-1", "0-999999999", "5-3"])
def test_lists_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match=r"--collector\.perf\.cpus: expected CPUs "):
        collector.cpus_of(text)


def test_numbers_of_events() -> None:
    """As include/uapi/linux/perf_event.h has them: cache, operation << 8, result << 16."""
    cache = {name: event.config for name, event in events.CACHE_EVENTS.items()}
    assert cache["L1DataReadMiss"] == 0x10000
    assert cache["L1InstrReadMiss"] == 0x10001
    assert cache["LLWriteMiss"] == 0x10102
    assert cache["DataTLBWriteHit"] == 0x00103
    assert cache["InstrTLBReadHit"] == 0x00004
    assert cache["BPUReadMiss"] == 0x10005
    everything = [*events.HARDWARE_EVENTS.values(), *events.SOFTWARE_EVENTS.values()]
    numbers = {(event.type, event.config) for event in everything}
    assert len(numbers) == len(everything) == 14


@pytest.mark.parametrize(
    ("flags", "count"),
    [
        ([], 30),
        (["--collector.perf.disable-cache-profilers"], 14),
        ([*SOFTWARE_ONLY], 5),
        ([*SOFTWARE_ONLY, "--collector.perf.disable-software-profilers"], 0),
        (["--collector.perf.hardware-profilers=CpuCycles"], 22),
        (
            [
                *("--collector.perf.cache-profilers=LLReadHit",) * 2,
                *("--collector.perf.cache-profilers=LLReadMiss", *SOFTWARE_ONLY[1:2]),
            ],
            7,
        ),
    ],
)
def test_what_flags_choose(flags: list[str], count: int) -> None:
    assert len(collector.chosen(flags_of("--collector.perf", *flags))) == count


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("hardware-profilers=Cycles", "expected one of CpuCycles, CpuInstr"),
        ("tracepoint=sched", "expected SUBSYSTEM:EVENT"),
        ("tracepoint=../a:b", "expected SUBSYSTEM:EVENT"),
        ("cpus=a", "expected CPUs such as"),
    ],
)
def test_flags_that_are_refused(flag: str, message: str) -> None:
    with pytest.raises(InputError, match=message), running(f"--collector.perf.{flag}"):
        pass


@pytest.mark.parametrize(
    ("readings", "counts"),
    [
        # All of the time.
        ([(5, 10, 10), (9, 20, 20)], [5, 9]),
        # Half of it, then all of it, then none; then a tenth of what was missed since.
        ([(5, 10, 5), (9, 20, 15), (9, 30, 15), (10, 45, 18)], [10, 14, 14, 22]),
        # Not yet.
        ([(0, 7, 0), (0, 9, 0)], [0, 0]),
        # An event without a clock.
        ([(3, 0, 0), (4, 0, 0)], [3, 4]),
    ],
)
def test_counts_of_a_part_of_the_time(
    readings: list[tuple[int, int, int]], counts: list[int]
) -> None:
    scaled = counting.Scaled()
    assert [scaled.after(*reading) for reading in readings] == counts


@pytest.mark.usefixtures("allowed")
def test_events_of_this_machine() -> None:
    with running(*SOFTWARE_ONLY) as one:
        before = collected(one)
        for _ in range(50):
            os.sched_yield()
            subprocess.run(["true"], check=True)
        after = collected(one)
    assert before.keys() == after.keys()
    assert len(after) == 5 * len(os.sched_getaffinity(0))
    assert all(after[series] >= before[series] for series in after)
    faults = [series for series in after if series.startswith("node_perf_page_faults_total")]
    assert sum(after[one] - before[one] for one in faults) > 50


@pytest.mark.usefixtures("allowed")
def test_counters_are_given_back_and_follow_the_cpus() -> None:
    count = open_files()
    counters = counting.Counters([SWITCHES])
    counters.follow([0])
    ((event, cpu, first),) = counters.read()
    assert (event, cpu) == (SWITCHES, 0)
    counters.follow([0])
    assert counters.read()[0][2] >= first
    # One that there is not, which the kernel refuses.
    with pytest.raises(NothingToRead):
        counters.follow([8000])
    counters.close()
    assert open_files() == count


@pytest.mark.usefixtures("allowed")
def test_what_a_machine_does_not_count_is_absent() -> None:
    unknown = events.Event(events.SOFTWARE, 9999, SWITCHES.family)
    counters = counting.Counters([SWITCHES, unknown])
    counters.follow([0])
    assert [event for event, _, _ in counters.read()] == [SWITCHES]
    counters.close()
    with pytest.raises(NothingToRead):
        counting.Counters([unknown]).follow([0])


@pytest.mark.usefixtures("allowed")
def test_tracepoints(tmp_path: Path) -> None:
    mounted = tmp_path / "tracing"
    mounted.mkdir()
    command = ["mount", "-t", "tracefs", "none", str(mounted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"tracefs cannot be mounted here: {done.stderr.strip()}")
    try:
        tracepoint = "--collector.perf.tracepoint=sched:sched_switch"
        with running(*SOFTWARE_ONLY, "--collector.perf.cpus=0", tracepoint) as one:
            found = collected(one)
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
    assert 'node_perf_sched_sched_switch{cpu="0"}' in found
    assert len(found) == 6


def test_a_tracepoint_that_is_not_there(tmp_path: Path) -> None:
    sources = Sources(Paths(sysfs=tmp_path))
    flags = flags_of(*SOFTWARE_ONLY, "--collector.perf.tracepoint=no_such:event")
    with pytest.raises(FileNotFoundError, match="no_such:event: expected its id in tracefs"):
        perf.SPECIFICATION.create(sources, flags).collect()


REFUSED = """
import os
from exporter.collectors.perf import counting, events
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    counting.Counters([events.SOFTWARE_EVENTS["PageFault"]]).follow([0])
except PermissionError as error:
    print(error)
"""


def test_without_the_right_to_count() -> None:
    if int(Path("/proc/sys/kernel/perf_event_paranoid").read_text()) < 1:
        pytest.skip("this kernel counts for everybody")
    command = [sys.executable, "-c", REFUSED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("perf_event_open: expected CAP_PERFMON, or kernel.perf_event")
