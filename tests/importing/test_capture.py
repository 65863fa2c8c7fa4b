"""Captures as OpenMetrics: values, labels, and what is left out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.exporter.validation.made_captures import BEGIN, ticks, write_flat
from tests.importing.openmetrics import Import, series


def test_values_times_and_labels_of_a_capture(tmp_path: Path, imported_text: Import) -> None:
    found = imported_text(write_flat(tmp_path / "a.jsonl", ticks()))
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


def test_who_the_machine_was(tmp_path: Path, imported_text: Import) -> None:
    made = ticks()
    made[0]["/proc/cpuinfo"] = "processor : 0\nmodel name\t: Fast CPU\n"
    path = write_flat(tmp_path / "web-1.jsonl", made)
    machines = tmp_path / "machines.yaml"
    machines.write_text(
        "machines: [{name: web-1, provider: oci, instance_type: E6, prices: {on_demand: 0.5}},"
        "{name: web}]"
    )
    found = imported_text(path, flags=(f"--inventory={machines}", "--zone=ad-1"))
    labels = {"machine": "web-1", "provider": "oci", "instance_type": "E6", "zone": "ad-1"}
    assert len(series(found, "perf_machine_info", cpu_model="Fast CPU", **labels)) == 3
    price = series(found, "perf_machine_price_dollars_per_hour", purchase="on_demand")
    assert price[0] == (0.5, BEGIN)
    assert (
        run(
            ["import", "capture", str(path), f"--inventory={machines}", "--machine=x", "--output=o"]
        )
        == 2
    )


def test_what_is_unusable_is_left_out_and_said_with_file_and_line(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
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
                "{not json",
                *second,
                second[0],  # the same time again
                lines[1],  # older
                json.dumps(spoilt),
                *third[1:],
                third[1][:50],  # cut off
            ]
        )
    )
    found = imported_text(path)
    assert len(series(found, "node_cpu_seconds_total", cpu="0", mode="user")) == 2
    assert len(series(found, "node_memory_MemTotal_bytes")) == 3
    said = capsys.readouterr().err
    assert f"left out (malformed): {path}: line {size + 1}: expected a JSON object" in said
    assert f"left out (a time that was there already): {path}: line {2 * size + 2}" in said
    assert f"left out (out of order): {path}: line {2 * size + 3}" in said
    assert f"left out (malformed): {path}: line {2 * size + 4}: /proc/stat" in said
    assert f"left out (malformed): {path}: line {3 * size + 4}" in said
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
    tmp_path: Path, imported_text: Import
) -> None:
    made = ticks()
    path = write_flat(tmp_path / "a.jsonl", made)
    lines = path.read_text().splitlines()
    size = len(lines) // 3
    far = [line.replace(str(BEGIN + 10), str(BEGIN + 9_000_000)) for line in lines[size : 2 * size]]
    path.write_text("\n".join([*lines[:size], *far, *lines[2 * size :]]))
    found = imported_text(path)
    assert [time for _, time in series(found, "node_context_switches_total")] == [BEGIN, BEGIN + 20]


def test_a_reboot_is_kept_as_what_it_is(tmp_path: Path, imported_text: Import) -> None:
    made = ticks()
    made[2] = {
        name: text.replace("btime 1\n", "btime 1600000000\n") for name, text in ticks()[0].items()
    }
    found = imported_text(write_flat(tmp_path / "a.jsonl", made))
    idle = series(found, "node_cpu_seconds_total", cpu="0", mode="user")
    assert [value for value, _ in idle] == [5.0, 6.0, 5.0]
    assert [value for value, _ in series(found, "node_context_switches_total")] == [70, 71, 70]
    assert [value for value, _ in series(found, "node_boot_time_seconds")] == [1, 1, 1.6e9]


def test_files_are_brought_together_by_time(tmp_path: Path, imported_text: Import) -> None:
    made = ticks()
    late = write_flat(tmp_path / "1.jsonl", made[2:])
    late.write_text(late.read_text().replace(str(BEGIN), str(BEGIN + 20)))
    early = write_flat(tmp_path / "2.jsonl.gz", made[:2])
    early.write_bytes(gzip.compress(early.read_bytes()))
    found = imported_text(late, early)
    assert [value for value, _ in series(found, "node_context_switches_total")] == [70, 71, 72]


def test_a_nested_capture_is_of_one_host(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
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
    found = imported_text(path)
    assert series(found, "node_load1") == [(0.5, 1_768_068_367.785)]
    assert "line 2: expected a record of site 1, host 0, as above" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--machine=m"], "one of --output, --recording, --backfill and"),
        (["--output=o"], "--machine: expected the machine's name"),
        (["--machine=a\x1b[31m", "--output=o"], "--machine: expected a name of printable"),
        (["--machine=m", "--zone=a\n", "--output=o"], "--zone: expected text of printable"),
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
    ("content", "said"),
    [
        (b"", "expected a JSON object of ids and names (nothing is in it)"),
        (b"\xa3", "expected a JSON object of ids and names (it is no UTF-8)"),
        (b"[1]", "expected a JSON object of ids and names"),
        (None, "expected a JSON object of ids and names (No such file or directory)"),
    ],
)
def test_container_names_that_are_none(
    content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, names = write_flat(tmp_path / "a.jsonl", ticks()), tmp_path / "names"
    if content is not None:
        names.write_bytes(content)
    flags = ["--machine=m", f"--output={tmp_path}/o", f"--container-names={names}"]
    assert run(["import", "capture", str(path), *flags]) == 2
    assert capsys.readouterr().err == f"perfanalysis: {names}: {said}\n"
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a monitor prints nothing where it has recorded nothing"),
        ("a,b\n1,2\n", "line 1: expected a capture"),
        ("timestamp,cpu_user\n", "rows under a heading"),
        ("sysbench 1.0.20\n", "a sysbench log goes to `perfanalysis import results`"),
    ],
)
def test_files_that_are_nothing_of_ours(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f"
    path.write_text(text)
    assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "capture", str(tmp_path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert "expected a file, not a folder: name the files in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("head", "said"),
    [
        # As sysstat 12.6.1 and atop 2.8.1 wrote them on x86-64, and as PCP's LOGARCHIVE(5) has it.
        (
            "96d575210c060100",
            "a binary archive of sar, which sysstat's sadf reads: `sadf -j sa28 -- -A > sa28.json`",
        ),
        ("d596217500000000", "a binary archive of sar"),
        ("efbeedfe08820000", "a raw log of atop, which atop of the same version reads: `atop -r"),
        ("0000008450052602", "an archive of PCP, which pcp2json reads"),
    ],
)
def test_binary_archives_are_named_with_the_command_that_reads_them(
    head: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sa28"
    path.write_bytes(bytes.fromhex(head) + bytes(400))
    assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert f"{path}: expected text, not {said}" in capsys.readouterr().err


def test_files_with_the_same_words_are_not_taken_for_each_other(
    tmp_path: Path, imported_text: Import
) -> None:
    pressure = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"
    made = [
        {"/proc/pressure/io": pressure.format(1_000_000)},
        {"/proc/pressure/cpu": pressure.format(7_000_000)},
    ]
    found = imported_text(write_flat(tmp_path / "a.jsonl", made))
    assert series(found, "node_pressure_io_waiting_seconds_total") == [(1.0, BEGIN)]
    assert series(found, "node_pressure_cpu_waiting_seconds_total") == [(7.0, BEGIN + 10)]


def test_a_gzip_file_that_breaks_off_at_once_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "f.gz"
    whole = gzip.compress(write_flat(tmp_path / "a.jsonl", ticks()).read_bytes())
    for broken in (whole[:20], whole[:10] + b"\xff" * 40, b"\x1f\x8b\xff"):
        path.write_bytes(broken)
        assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
        assert f"{path}: expected a whole gzip file" in capsys.readouterr().err
