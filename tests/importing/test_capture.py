"""Captures and CSVs as OpenMetrics: values, labels, and what is left out."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from perfanalysis.cli import run
from tests.exporter.validation.recordings import BEGIN, ticks, write_flat

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[float, float]]]


def parse(path: Path) -> Samples:
    """All series of an OpenMetrics file, by a strict parser: values and times."""
    found: Samples = {}
    for family in text_string_to_metric_families(path.read_text()):
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            found.setdefault(key, []).append((sample.value, float(str(sample.timestamp))))
    return found


def series(found: Samples, name: str, /, **labels: str) -> list[tuple[float, float]]:
    """The one series of a name that has these labels."""
    fitting = [
        values
        for (one, have), values in found.items()
        if one == name and labels.items() <= dict(have).items()
    ]
    assert len(fitting) == 1, (name, labels, len(fitting))
    return fitting[0]


Import = Callable[..., Samples]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def make(*files: Path, flags: tuple[str, ...] = ("--machine=m",)) -> Samples:
        output = tmp_path / "out.om"
        assert run(["import", "capture", *map(str, files), *flags, f"--output={output}"]) == 0
        assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
        return parse(output)

    return make


def test_values_times_and_labels_of_a_capture(tmp_path: Path, imported: Import) -> None:
    found = imported(write_flat(tmp_path / "a.jsonl", ticks()))
    times = [BEGIN, BEGIN + 10, BEGIN + 20]
    idle = series(found, "node_cpu_seconds_total", cpu="1", mode="idle")
    assert idle == [(90.0, BEGIN), (98.0, BEGIN + 10), (106.0, BEGIN + 20)]
    assert series(found, "node_memory_MemTotal_bytes") == [(1_024_000, time) for time in times]
    assert series(found, "node_disk_read_bytes_total", device="sda")[0] == (409_600, BEGIN)
    assert series(found, "node_filesystem_avail_bytes", mountpoint="/")[0] == (163_840, BEGIN)
    assert series(found, "node_vmstat_pgmajfault")[2] == (12, BEGIN + 20)
    assert series(found, "node_pressure_cpu_waiting_seconds_total")[1] == (0.0021, BEGIN + 10)
    used = series(found, "container_cpu_usage_seconds_total", id="c1", cpu="total")
    assert used[0] == (0.0009, BEGIN)
    assert series(found, "perf_container_info", id="c1", runtime="docker")[0] == (1, BEGIN)
    assert series(found, "node_boot_time_seconds")[0] == (1, BEGIN)
    for _, labels in found:
        assert {("instance", "m"), ("job", "node")} <= set(labels)


def test_who_the_machine_was(tmp_path: Path, imported: Import) -> None:
    made = ticks()
    made[0]["/proc/cpuinfo"] = "processor : 0\nmodel name\t: Fast CPU\n"
    path = write_flat(tmp_path / "web-1.jsonl", made)
    machines = tmp_path / "machines.yaml"
    machines.write_text(
        "machines: [{name: web-1, provider: oci, instance_type: E6, prices: {on_demand: 0.5}},"
        "{name: web}]"
    )
    found = imported(path, flags=(f"--machines={machines}", "--zone=ad-1"))
    labels = {"machine": "web-1", "provider": "oci", "instance_type": "E6", "zone": "ad-1"}
    assert len(series(found, "perf_machine_info", cpu_model="Fast CPU", **labels)) == 3
    price = series(found, "perf_machine_price_dollars_per_hour", purchase="on_demand")
    assert price[0] == (0.5, BEGIN)
    assert (
        run(["import", "capture", str(path), f"--machines={machines}", "--machine=x", "--output=o"])
        == 2
    )


def test_what_is_unusable_is_left_out_and_said_with_file_and_line(
    tmp_path: Path, imported: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_flat(tmp_path / "a.jsonl", ticks())
    lines = path.read_text().splitlines()
    size = len(lines) // 3
    second, third = lines[size : 2 * size], lines[2 * size :]
    spoilt = json.loads(third[0])
    spoilt["measurement"] = "cpu  1 2\ncpu0 x y z 1 2\n"
    path.write_text(
        "\n".join(
            [
                *lines[:size],
                "{not json",  # 10
                *second,  # 11 to 19
                second[0],  # 20: the same time again
                lines[1],  # 21: older
                json.dumps(spoilt),  # 22
                *third[1:],
                third[1][:50],  # 31: cut off
            ]
        )
    )
    found = imported(path)
    assert len(series(found, "node_cpu_seconds_total", cpu="0", mode="user")) == 2
    assert len(series(found, "node_memory_MemTotal_bytes")) == 3
    said = capsys.readouterr().err
    assert f"left out (malformed): {path}: line 10: expected a JSON object" in said
    assert f"left out (a time that was there already): {path}: line 20" in said
    assert f"left out (out of order): {path}: line 21" in said
    assert f"left out (malformed): {path}: line 22: /proc/stat" in said
    assert f"left out (malformed): {path}: line 31" in said
    summary = "lines left out: 1 a time that was there already, 3 malformed, 1 out of order"
    assert summary in said


@pytest.mark.parametrize("bad", ["{not json", "older", "again", "spoilt"])
def test_strict_ends_at_the_first_unusable_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: str
) -> None:
    path = write_flat(tmp_path / "a.jsonl", ticks())
    lines = path.read_text().splitlines()
    more = {
        "older": lines[0],
        "again": lines[-1],
        "spoilt": json.dumps(
            {"timestamp": BEGIN + 30, "subsystem": "/proc/stat", "measurement": "x"}
        ),
    }
    path.write_text("\n".join([*lines, more.get(bad, bad)]))
    output = tmp_path / "o.om"
    command = ["import", "capture", str(path), "--machine=m", f"--output={output}", "--strict"]
    assert run(command) == 2
    assert f"{path}: line {len(lines) + 1}" in capsys.readouterr().err
    assert sorted(found.name for found in tmp_path.iterdir()) == ["a.jsonl"]


def test_one_wrong_clock_does_not_make_all_that_follows_late(
    tmp_path: Path, imported: Import
) -> None:
    made = ticks()
    path = write_flat(tmp_path / "a.jsonl", made)
    lines = path.read_text().splitlines()
    size = len(lines) // 3
    far = [line.replace(str(BEGIN + 10), str(BEGIN + 9_000_000)) for line in lines[size : 2 * size]]
    path.write_text("\n".join([*lines[:size], *far, *lines[2 * size :]]))
    found = imported(path)
    assert [time for _, time in series(found, "node_context_switches_total")] == [BEGIN, BEGIN + 20]


def test_a_reboot_is_kept_as_what_it_is(tmp_path: Path, imported: Import) -> None:
    made = ticks()
    made[2] = {
        name: text.replace("btime 1\n", "btime 1600000000\n") for name, text in ticks()[0].items()
    }
    found = imported(write_flat(tmp_path / "a.jsonl", made))
    idle = series(found, "node_cpu_seconds_total", cpu="0", mode="user")
    assert [value for value, _ in idle] == [5.0, 6.0, 5.0]
    assert [value for value, _ in series(found, "node_context_switches_total")] == [70, 71, 70]
    assert [value for value, _ in series(found, "node_boot_time_seconds")] == [1, 1, 1.6e9]


def test_files_are_brought_together_by_time(tmp_path: Path, imported: Import) -> None:
    made = ticks()
    late = write_flat(tmp_path / "1.jsonl", made[2:])
    late.write_text(late.read_text().replace(str(BEGIN), str(BEGIN + 20)))
    early = write_flat(tmp_path / "2.jsonl.gz", made[:2])
    early.write_bytes(gzip.compress(early.read_bytes()))
    found = imported(late, early)
    assert [value for value, _ in series(found, "node_context_switches_total")] == [70, 71, 72]


def test_a_nested_capture_is_of_one_host(
    tmp_path: Path, imported: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "n.jsonl"
    text = "0.5 0.2 0.3 1/2 3\n"
    path.write_text(
        "".join(
            json.dumps(
                {
                    "Site": 1,
                    "Host": host,
                    "Measurement": {
                        "Timestamp": when,
                        "System": "/proc/loadavg",
                        "Measurement": text,
                    },
                }
            )
            + "\n"
            for host, when in ((0, "2026-01-10T18:06:07.784822869Z"), (1, "2026-01-10T18:06:08Z"))
        )
    )
    found = imported(path)
    assert series(found, "node_load1") == [(0.5, 1_768_068_367.785)]
    assert "line 2: expected a record of site 1, host 0, as above" in capsys.readouterr().err


CONTAINER_CSV = """\
timestamp,container_id,container_name,runtime,cpu_percent,cpu_user_percent,cpu_system_percent,\
memory_current_bytes,memory_max_bytes,memory_percent,io_read_bytes,io_write_bytes,io_read_ops,\
io_write_ops,pids_current
100,aa,one,docker,,,,500,1000,50.0,7,8,9,10,2
110,aa,one,docker,50.00,30.00,20.00,600,1000,60.0,8,9,10,11,3
100,bb,,docker,,,,50,,,1,1,1,1,1
110,bb,,docker,x,,,50,,,1,1,1,1,1
105,bb,,docker,1,,,50,,,1,1,1,1,1
120,bb,,docker,20,,,50,,,1,1,1,1
"""


def test_a_container_csv(
    tmp_path: Path, imported: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "containers.csv"
    path.write_text(CONTAINER_CSV)
    names = tmp_path / "names.json"
    names.write_text('{"bb": "two"}')
    found = imported(path, flags=("--machine=m", f"--container-names={names}"))
    used = series(found, "container_cpu_usage_seconds_total", id="aa", name="one")
    assert used == [(0.0, 100), (5.0, 110)]
    assert series(found, "container_cpu_user_seconds_total", id="aa")[1] == (3.0, 110)
    assert series(found, "container_memory_usage_bytes", id="aa") == [(500, 100), (600, 110)]
    assert series(found, "container_fs_writes_total", id="aa")[1] == (11, 110)
    assert series(found, "container_memory_usage_bytes", id="bb", name="two") == [(50, 100)]
    assert "1 out of order" in (said := capsys.readouterr().err)
    assert f"{path}: line 5: cpu_percent: expected a number of at least 0, found 'x'" in said
    assert f"{path}: line 7: expected 15 columns" in said


PORTAL_CSV = """\
timestamp,cpu_user,cpu_system,cpu_idle,cpu_iowait,cpu_steal,mem_total_kb,mem_used_kb,mem_free_kb,\
mem_cached_kb,disk_read_bytes,disk_write_bytes,net_rx_bytes,net_tx_bytes
100,50,1,48,0,0,1000,400,500,100,10,20,30,40
105,60,2,32,1,1,1000,400,400,200,100,200,300,400
"""


def test_a_portal_csv(tmp_path: Path, imported: Import) -> None:
    path = tmp_path / "portal.csv"
    path.write_text(PORTAL_CSV)
    found = imported(path, flags=("--machine=m", "--cpus=2"))
    assert series(found, "node_memory_MemFree_bytes") == [(512_000, 100), (409_600, 105)]
    assert series(found, "node_disk_read_bytes_total", device="all") == [(0, 100), (500, 105)]
    assert series(found, "node_network_transmit_bytes_total") == [(0, 100), (2000, 105)]
    for cpu in "01":
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="user")[1] == (3.0, 105)
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="other")[1] == (0.2, 105)
    assert not [name for name, _ in found if "MemTotal" in name]
    # Without the number of CPUs, nothing is said of them.
    assert not [name for name, _ in imported(path) if name.startswith("node_cpu")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--machine=m"], "one of --output, --backfill and --remote-write"),
        (["--output=o"], "--machine: expected the machine's name"),
        (["--machine=m", "--output=no/such/o"], "--output: expected a folder that exists"),
        (["--machine=m", "--backfill=no/such"], "--backfill: expected a folder"),
        (["--machine=m", "--output=o", "--remote-write-username=u"], "--remote-write beside it"),
        (["--machine=m", "--remote-write=ftp://x"], "--remote-write: expected an http://"),
        (["--machine=m", "--backfill=.", "--promtool=no-such"], "--promtool: expected"),
        (["--machine=m", "--output=o", "--container-names=none"], "none: expected a JSON object"),
    ],
)
def test_bad_usage(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_flat(tmp_path / "a.jsonl", ticks())
    assert run(["import", "capture", str(path), *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "records of a capture"),
        ("a,b\n1,2\n", "line 1: expected a capture"),
        ("timestamp,cpu_user\n", "rows under a heading"),
        ("sysbench 1.0.20\n", "sysbench logs go to `perfanalysis import results`"),
    ],
)
def test_files_that_are_nothing_of_ours(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f"
    path.write_text(text)
    assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert said in capsys.readouterr().err


def test_files_with_the_same_words_are_not_taken_for_each_other(
    tmp_path: Path, imported: Import
) -> None:
    pressure = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"
    made = [
        {"/proc/pressure/io": pressure.format(1_000_000)},
        {"/proc/pressure/cpu": pressure.format(7_000_000)},
    ]
    found = imported(write_flat(tmp_path / "a.jsonl", made))
    assert series(found, "node_pressure_io_waiting_seconds_total") == [(1.0, BEGIN)]
    assert series(found, "node_pressure_cpu_waiting_seconds_total") == [(7.0, BEGIN + 10)]
