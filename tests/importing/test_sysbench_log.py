"""Logs of sysbench: a made one, and the recorded ones where they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing import sysbench_log
from importing.sysbench_log import SysbenchLog
from perfanalysis import cli
from perfanalysis.errors import InputError
from perfanalysis.results import reading
from perfanalysis.results.document import Level

LOG = b"""sysbench 1.0.20 (using system LuaJIT 2.1.0-beta3)

Running the test with following options:
Number of threads: 2
Initializing random number generator from current time


Prime numbers limit: 10000

Initializing worker threads...

Threads started!

CPU speed:
    events per second:  4667.69

General statistics:
    total time:                          300.0003s
    total number of events:              1400313

Latency (ms):
         min:                                    0.23
"""


def test_what_a_log_says() -> None:
    expected = SysbenchLog("1.0.20", 2, 10_000, 4667.69, 300.0003)
    assert sysbench_log.parse(LOG, "here") == expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Number of threads: 2", b"", "f: threads: expected one line with 'Number of threads:'"),
        (b"10000", b"many", "f: limit: expected one line with 'Prime numbers limit:'"),
        (b"4667.69", b"-1", "f: rate: expected one line with 'events per second:'"),
        (b"4667.69", b"0.00", "f: rate: expected a run of at least one thread and event"),
        (b"300.0003s", b"300", "f: seconds: expected one line with 'total time:'"),
        (LOG, LOG * 2, "f: version: expected one line with 'sysbench', as"),
    ],
)
def test_a_log_that_is_not_whole_is_named(old: bytes, new: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        sysbench_log.parse(LOG.replace(old, new), "f")


@given(st.integers(0, len(LOG)), st.binary(max_size=40))
def test_any_cut_and_any_bytes_are_read_or_refused(at: int, more: bytes) -> None:
    try:
        log = sysbench_log.parse(LOG[:at] + more + LOG[at + 40 :], "f")
    except InputError:
        return
    assert log.threads > 0
    assert log.rate > 0


@pytest.mark.parametrize(
    ("threads", "cpus", "busy", "maximum", "single"),
    [(1, 2, 50, None, 9.0), (2, 2, 100, 9.0, None), (1, 1, 100, 9.0, 9.0), (8, 4, 100, 9.0, None)],
)
def test_threads_are_a_busy_level(
    threads: int, cpus: int, busy: int, maximum: float | None, single: float | None
) -> None:
    log = SysbenchLog("1.0", threads, 100, 9.0, 10.0)
    made = sysbench_log.as_document(log, cpus=cpus, file="f", when=1e9, machine={})
    assert made.levels == (Level(busy=busy, units_per_second=9.0),)
    assert made.max_units_per_second == maximum
    assert made.single_units_per_second == single


# Of the README beside the recordings: threads, events a second.
RECORDED = {
    "oci-vm01": (50, 4161.77),
    "azure-suse": (50, 1029.52),
    "replay-source-oci": (100, 4667.69),
    "replay-target-azure": (100, 2039.64),
}


@pytest.mark.parametrize("name", list(RECORDED))
def test_recorded_logs_become_results(
    name: str, captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["import", "results", str(captures / f"{name}.sysbench.log"), f"--machine-name={name}"]
    words += ["--timestamp=2026-01-10T18:00:00Z", f"--out-directory={tmp_path}"]
    assert cli.run(words) == 2
    assert "--cpus: expected how many CPUs" in capsys.readouterr().err
    assert cli.run([*words, "--cpus=2"]) == 0
    found = reading.read(Path(capsys.readouterr().out.strip()))
    busy, rate = RECORDED[name]
    assert found.levels == (Level(busy=busy, units_per_second=rate),)
    assert (found.kernel, found.kernel_version) == ("sysbench_cpu", "1.0.20-primes-10000")
    assert found.machine.name == name
    assert cli.run(["loadtest", "show", str(next(tmp_path.glob("*.json")))]) == 0
