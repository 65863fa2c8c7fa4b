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
         avg:                                    0.43
         max:                                   12.31
         95th percentile:                        0.45
         sum:                               599411.82

Threads fairness:
    events (avg/stddev):           700156.5000/81.50
    execution time (avg/stddev):   299.7059/0.00

"""
# As 1.1 prints it (its own test of the CPU benchmark, tests/t/test_cpu.t): made, not recorded.
LOG_1_1 = b"""sysbench 1.1.0-de18a03 (using bundled LuaJIT 2.1.0-beta3)

Running the test with following options:
Number of threads: 4
Initializing random number generator from current time


Prime numbers limit: 20000

Initializing worker threads...

Threads started!

CPU speed:
    events per second:  3000.50

Throughput:
    events/s (eps):                      3000.5012
    time elapsed:                        20.0006s
    total number of events:              60012

Latency (ms):
         min:                                    1.30
         avg:                                    1.33
         max:                                    9.08
         95th percentile:                        1.34
         sum:                                79990.20

Threads fairness:
    events (avg/stddev):           15003.0000/12.00
    execution time (avg/stddev):   19.9976/0.00
"""
# Recorded from 1.0.20: --rate=40 on a machine that does more.
THROTTLED = b"""sysbench 1.0.20 (using system LuaJIT 2.1.0-beta3)

Running the test with following options:
Number of threads: 2
Target transaction rate: 40/sec
Initializing random number generator from current time


Prime numbers limit: 10000

Initializing worker threads...

Threads started!

CPU speed:
    events per second:    39.19

General statistics:
    total time:                          2.0395s
    total number of events:              80

Latency (ms):
         min:                                    0.42
         avg:                                    0.76
         max:                                    6.41
         95th percentile:                        2.48
         sum:                                   60.46

Threads fairness:
    events (avg/stddev):           40.0000/4.00
    execution time (avg/stddev):   0.0302/0.01

"""
WARNINGS = b"""WARNING: the --test option is deprecated.
WARNING: --num-threads is deprecated, use --threads instead
"""
RUN = SysbenchLog("1.0.20", 2, 10_000, 4667.69, 300.0003)
RUN_1_1 = SysbenchLog("1.1.0-de18a03", 4, 20_000, 3000.5, 20.0006)


def test_what_a_log_says() -> None:
    assert sysbench_log.parse(LOG, "here") == [RUN]
    assert sysbench_log.parse(LOG_1_1, "here") == [RUN_1_1]


@pytest.mark.parametrize(
    ("log", "runs"),
    [
        (WARNINGS + LOG, [RUN]),
        (b"$ sysbench --version\nsysbench 1.0.20\n$ sysbench cpu run\n" + LOG, [RUN]),
        (b"# host web-1\n" + LOG + b"\nreal 300.0\ntotal time: 9s\nFATAL: of another\n", [RUN]),
        (LOG.replace(b"\n", b"\r\n"), [RUN]),
        (b"".join(b"2026-01-10T18:00:00 web-1 | " + one for one in LOG.splitlines(True)), [RUN]),
        (LOG.replace(b"Threads started!", b"Threads started!\n[ 1s ] thds: 2 eps: 46.1"), [RUN]),
        (b"\xef\xbb\xbf" + LOG, [RUN]),
        (LOG.decode().encode("utf-16"), [RUN]),
        (LOG + WARNINGS + LOG_1_1 + LOG, [RUN, RUN_1_1, RUN]),
    ],
)
def test_runs_among_other_text(log: bytes, runs: list[SysbenchLog]) -> None:
    assert sysbench_log.is_log(log)
    assert sysbench_log.parse(log, "here") == runs


@pytest.mark.parametrize("data", [b"", b'{"siteid": 1}\n', b"no sysbench here\n", b"sysbench\n"])
def test_what_is_no_log(data: bytes) -> None:
    assert not sysbench_log.is_log(data)


CHECKPOINTS = b"Report checkpoint(s) at 1 seconds\nInitializing random"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (THROTTLED, "f: expected a run at full speed, without --rate: its events are those that"),
        (LOG + THROTTLED, "f: run 2 of 2: expected a run at full speed"),
        (
            LOG.replace(b"599411.82", b"401234.56"),
            "f: expected threads that were busy with events all the time (at least 95%): theirs"
            " took 401.2 s (sum) of 2 x 300.0 s, 67%",
        ),
        (LOG.replace(b"1400313", b"700000"), "f: expected figures of one run: 4667.69 events per"),
        (LOG[: LOG.index(b"Threads fair")], "f: expected a run that has ended, whose last line"),
        (LOG[: LOG.index(b"CPU speed")] + LOG, "f: run 1 of 2: expected a run that has ended"),
        (LOG.replace(b"Initializing random", CHECKPOINTS, 1), "a run without --report-checkpoints"),
        (
            LOG.replace(b"CPU speed", b"FATAL: The --max-time limit has expired\nCPU speed"),
            "f: expected a run that went well, found 'FATAL: The --max-time limit has expired'",
        ),
        (
            LOG.replace(b"Prime numbers limit: 10000", b"Running memory speed test with the"),
            "f: expected `sysbench cpu run`, which prints 'Prime numbers limit:'; this is another",
        ),
        (
            LOG.replace(b"1.0.20 (using", b"0.4.12: (", 1),
            "f: expected a log of sysbench 1.0 or later, which tells events per second, found",
        ),
        (b"sysbench 1.0.20\n", "f: expected a run of sysbench, which begins with a line like"),
    ],
)
def test_a_run_that_says_nothing_of_its_machine_is_refused_with_the_reason(
    log: bytes, said: str
) -> None:
    assert sysbench_log.is_log(log)
    with pytest.raises(InputError, match=re.escape(said)):
        sysbench_log.parse(log, "f")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b"Number of threads: 2", b"", "f: threads: expected one line with 'Number of threads:'"),
        (b"10000", b"many", "f: expected `sysbench cpu run`, which prints 'Prime numbers limit:'"),
        (b"4667.69", b"-1", "f: rate: expected one line with 'events per second:'"),
        (b"4667.69", b"0.00", "f: rate: expected a run of at least one thread and event"),
        (b"300.0003s", b"300", "f: seconds: expected one line with 'total time:'"),
        (b"        sum:", b"     total:", "f: latency sum: expected one line with 'sum:'"),
        (b"1400313", b"", "f: events: expected one line with 'total number of events:'"),
    ],
)
def test_a_log_that_is_not_whole_is_named(old: bytes, new: bytes, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        sysbench_log.parse(LOG.replace(old, new), "f")


@given(st.integers(0, len(LOG)), st.binary(max_size=40))
def test_any_cut_and_any_bytes_are_read_or_refused(at: int, more: bytes) -> None:
    try:
        logs = sysbench_log.parse(LOG[:at] + more + LOG[at + 40 :], "f")
    except InputError:
        return
    assert logs
    assert all(log.threads > 0 and log.rate > 0 for log in logs)


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
    words = ["import", "results", str(captures / f"{name}.sysbench.log"), f"--machine={name}"]
    words += ["--timestamp=2026-01-10T18:00:00Z", f"--output={tmp_path}"]
    assert cli.run(words) == 2
    assert "--cpus: expected how many CPUs" in capsys.readouterr().err
    assert cli.run([*words, "--cpus=2"]) == 0
    found = reading.read(Path(capsys.readouterr().out.strip()))
    busy, rate = RECORDED[name]
    assert found.levels == (Level(busy=busy, units_per_second=rate),)
    assert (found.kernel, found.kernel_version) == ("sysbench_cpu", "1.0.20-primes-10000")
    assert found.machine.name == name
    assert cli.run(["loadtest", "show", str(next(tmp_path.glob("*.json")))]) == 0
