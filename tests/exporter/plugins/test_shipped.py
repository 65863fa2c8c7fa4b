"""The plug-ins that come along: real processes, and what psutil tells of sensors and users."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.core import Metric

from exporter.plugins.shipped import families, processes, sensors, users
from exporter.plugins.shipped.processes import ProcessCollector
from exporter.sources.files import Paths
from perfanalysis.exposition.families import Family
from tests.exporter.conftest import flags_of

# psutil's own types have their names; they are made in private modules.
Temperature = namedtuple("Temperature", "label current high critical")
Fan = namedtuple("Fan", "label current")
Battery = namedtuple("Battery", "percent secsleft power_plugged")
User = namedtuple("User", "name terminal host started pid")

Shown = dict[tuple[str, ...], float]
# It takes some CPU time, says so, and waits to be ended; its name is no other's.
BURNS = """
import ctypes, sys, time
ctypes.CDLL(None).prctl(15, b"burns-for-tests", 0, 0, 0)
while time.process_time() < 0.2: pass
print("done", flush=True)
sys.stdin.read()
"""


def shown(metrics: Iterable[Metric], family: Family) -> Shown:
    """The samples of a family, by the values of its labels."""
    return {
        tuple(sample.labels[label] for label in family.labels): sample.value
        for metric in metrics
        for sample in metric.samples
        if sample.name == family.name
    }


@contextmanager
def burning() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", BURNS]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield process
        process.communicate()


def test_a_process_is_counted_and_stays_so_when_it_has_ended() -> None:
    collector = ProcessCollector(1000)
    name = "burns-for-tests"
    assert (name,) not in shown(collector.collect(), families.PROCESSES)
    with burning() as process:
        metrics = list(collector.collect())
        assert shown(metrics, families.PROCESSES)[name,] == 1
        cpu = shown(metrics, families.CPU)
        used = cpu[name, "user"] + cpu[name, "system"]
        assert used >= 0.19
        memory = shown(metrics, families.MEMORY)
        assert 1 << 20 < memory[name, "resident"] < memory[name, "virtual"]
        # It is ours, so that its I/O may be read.
        assert shown(metrics, families.READ)[name,] >= 0
        started = shown(metrics, families.OLDEST)[name,]
        assert abs(started - psutil.Process(process.pid).create_time()) < 1e-6
    metrics = list(collector.collect())
    assert shown(metrics, families.PROCESSES)[name,] == 0
    after = shown(metrics, families.CPU)
    assert after[name, "user"] + after[name, "system"] >= used
    assert (name,) not in shown(metrics, families.OLDEST)
    assert shown(metrics, families.GROUPS)[()] >= 1


def test_threads_of_the_kernel_are_brought_together() -> None:
    looks = [look.group for look in processes.look_at_all({})]
    if "kthreadd" not in looks:
        pytest.skip("this container does not see the kernel's threads")
    assert not any("/" in name for name in looks if name.startswith(("kworker", "ksoftirqd")))


def test_the_number_of_groups_is_bounded() -> None:
    collector = ProcessCollector(1)
    for _ in range(2):
        metrics = list(collector.collect())
        assert 1 <= len(shown(metrics, families.PROCESSES)) <= 3


def test_processes_of_the_host_are_those_below_its_procfs(tmp_path: Path) -> None:
    (tmp_path / "4242").mkdir()
    for name in ("stat", "statm", "status", "io", "cmdline"):
        (tmp_path / "4242" / name).write_bytes(Path("/proc/self", name).read_bytes())
    (tmp_path / "stat").write_bytes(Path("/proc/stat").read_bytes())
    try:
        collector = processes.make(flags_of(), Paths(procfs=tmp_path))
        metrics = list(collector.collect())
    finally:
        psutil.PROCFS_PATH = "/proc"
    assert shown(metrics, families.PROCESSES) == {(psutil.Process().name(),): 1}
    assert shown(metrics, families.GROUPS) == {(): 1}


def test_temperatures_have_labels_of_their_own_and_the_limits_that_are_known() -> None:
    chips = {
        "coretemp": [
            Temperature("Core 0", 40.5, 80.0, 100.0),
            Temperature("Core 1", 41.0, None, None),
            Temperature("Core 0", 50.0, None, 99.0),
        ],
        "acpitz": [Temperature("", 30.0, None, None), Temperature("", 31.0, None, None)],
    }
    metrics = sensors.temperatures(chips)
    assert shown(metrics, families.TEMPERATURE) == {
        ("coretemp", "Core 0"): 40.5,
        ("coretemp", "Core 1"): 41.0,
        ("coretemp", "Core 0 #3"): 50.0,
        ("acpitz", "1"): 30.0,
        ("acpitz", "2"): 31.0,
    }
    assert shown(metrics, families.HIGH) == {("coretemp", "Core 0"): 80.0}
    assert shown(metrics, families.CRITICAL) == {
        ("coretemp", "Core 0"): 100.0,
        ("coretemp", "Core 0 #3"): 99.0,
    }


def test_fans() -> None:
    metrics = sensors.fans({"thinkpad": [Fan("", 2100), Fan("cpu", 0)]})
    assert shown(metrics, families.FAN) == {("thinkpad", "1"): 2100, ("thinkpad", "cpu"): 0}


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (None, {}),
        (Battery(50.0, 3600, False), {"charge": 0.5, "remaining": 3600, "plugged": 0}),
        (Battery(100, psutil.POWER_TIME_UNLIMITED, True), {"charge": 1.0, "plugged": 1}),
        (Battery(7, psutil.POWER_TIME_UNKNOWN, None), {"charge": 0.07}),
    ],
)
def test_of_a_battery_only_what_is_known(told: Any, known: dict[str, float]) -> None:
    names = {
        "charge": families.CHARGE,
        "remaining": families.REMAINING,
        "plugged": families.PLUGGED,
    }
    found = {name: shown(sensors.battery(told), family) for name, family in names.items()}
    assert {name: samples[()] for name, samples in found.items() if samples} == known


def test_a_machine_without_sensors_shows_none_of_them() -> None:
    for metric in sensors.make(flags_of(), Paths()).collect():
        for sample in metric.samples:
            assert sample.value is not None


def test_users_and_their_sessions() -> None:
    sessions = [
        User("ann", "tty1", "", 500.0, 1),
        User("ann", "pts/0", "192.0.2.1", 400.0, 2),
        User("bob", "pts/1", "192.0.2.2", 600.0, 3),
    ]
    metrics = users.of_sessions(sessions)
    assert shown(metrics, families.SESSIONS) == {("ann",): 2, ("bob",): 1}
    assert shown(metrics, families.SESSION_START) == {("ann",): 400.0, ("bob",): 600.0}
    assert shown(metrics, families.USERS) == {(): 2}
    assert "192.0.2" not in str(metrics)


def test_the_users_shown_are_bounded_and_all_are_counted() -> None:
    metrics = users.of_sessions([User(f"u{n}", "", "", 1.0, n) for n in range(150)])
    assert len(shown(metrics, families.SESSIONS)) == users.MOST_USERS
    assert shown(metrics, families.USERS) == {(): 150}


def test_nobody_is_known_where_no_record_is_kept(tmp_path: Path) -> None:
    collector = users.UserCollector(tmp_path / "utmp")
    with pytest.raises(FileNotFoundError, match="keeps no record of log-ins"):
        list(collector.collect())
    (tmp_path / "utmp").touch()
    assert shown(collector.collect(), families.USERS)[()] == len({u.name for u in psutil.users()})


def test_what_is_shown_is_what_is_declared() -> None:
    made = {
        "processes": list(ProcessCollector(5).collect()),
        "sensors": [
            *sensors.temperatures({"a": [Temperature("", 1, 2, 3)]}),
            *sensors.fans({"a": [Fan("", 1)]}),
            *sensors.battery(Battery(1, 1, True)),
        ],
        "users": users.of_sessions([User("ann", "", "", 1.0, 1)]),
    }
    for name, metrics in made.items():
        declared = {family.name: family for family in families.BY_PLUGIN[name]}
        for metric in metrics:
            for sample in metric.samples:
                family = declared[sample.name]
                assert (metric.type, metric.documentation) == (family.type, family.help)
                assert tuple(sample.labels) == family.labels
        assert {metric.name for metric in metrics} == {
            family.name.removesuffix("_total") for family in declared.values()
        }


def test_looks_take_what_ends_meanwhile_as_ended() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        held = psutil.Process(process.pid)
        process.kill()
    with pytest.raises(psutil.NoSuchProcess):
        processes.look_at(held, {})
