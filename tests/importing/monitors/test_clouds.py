"""CloudWatch and Azure Monitor, by literal values: what they answer for a machine of 4 CPUs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.importing.openmetrics import Import, series

FLAGS = ("--machine=m", "--cpus=4", "--memory-bytes=17179869184")
BEGIN = 1768039200
TIMES = [f"2026-01-10T10:{minute:02}:00+00:00" for minute in (0, 5, 10)]


def result(label: str, *values: float, times: list[str] = TIMES, **more: Any) -> dict[str, Any]:
    # The newest comes first, as by default.
    told = {"Timestamps": times[::-1], "Values": list(values)[::-1], "StatusCode": "Complete"}
    return {"Id": "m1", "Label": label, **told, **more}


def cloudwatch(*results: dict[str, Any], **more: Any) -> str:
    return json.dumps({"MetricDataResults": list(results), "Messages": [], **more}, indent=4)


def azure(*metrics: dict[str, Any], interval: str = "0:05:00") -> str:
    told = {"cost": 0, "interval": interval, "namespace": "Microsoft.Compute/virtualMachines"}
    return json.dumps({**told, "timespan": "a/b", "value": list(metrics)}, indent=2)


def metric(name: str, key: str, *values: float | None, spelt: str = "timeStamp") -> dict[str, Any]:
    data = [{spelt: time, key: value} for time, value in zip(TIMES, values, strict=True)]
    named = {"value": name, "localizedValue": name}
    return {"name": named, "unit": "Percent", "timeseries": [{"data": data, "metadatavalues": []}]}


def write(folder: Path, text: str) -> Path:
    path = folder / "answer.json"
    path.write_text(text)
    return path


def test_cloudwatch(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    text = cloudwatch(
        result("CPUUtilization Average 300", 40, 20, 60),
        result("NetworkIn Sum 300", 3000, 6000, 0),
        result("EBSReadOps Sum 300", 30, 60, 90),
        result("DiskWriteBytes Sum 300", 1, 2, 3),
        result("mem_available Average 300", 8e9, 7e9, 6e9),
        result("CPUCreditBalance Average 300", 1, 2, 3),
    )
    found = imported_text(write(tmp_path, text), flags=FLAGS)
    for cpu in "0123":
        busy = series(found, "node_cpu_seconds_total", cpu=cpu, mode="other")
        assert busy == [(0, BEGIN), (120, BEGIN + 300), (180, BEGIN + 600), (360, BEGIN + 900)]
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="idle")[1][0] == 180
    assert series(found, "node_network_receive_bytes_total", device="all")[2][0] == 9000
    assert series(found, "node_disk_reads_completed_total", device="ebs")[3][0] == 180
    assert series(found, "node_disk_written_bytes_total", device="instance_store")[3][0] == 6
    assert series(found, "node_memory_MemAvailable_bytes")[0] == (8e9, BEGIN + 300)
    assert series(found, "node_memory_MemTotal_bytes")[0] == (17179869184, BEGIN + 300)
    assert "'CPUCreditBalance Average 300' is not read; read are" in capsys.readouterr().err


def test_a_plain_label_and_a_gap(tmp_path: Path, imported_text: Import) -> None:
    times = [*TIMES[:2], "2026-01-10T10:20:00+00:00", "2026-01-10T10:25:00+00:00"]
    path = write(tmp_path, cloudwatch(result("CPUUtilization", 50, 50, 50, 50, times=times)))
    found = imported_text(path, flags=(*FLAGS, "--statistic=Average"))
    busy = series(found, "node_cpu_seconds_total", cpu="0", mode="other")
    assert [(value, time - BEGIN) for value, time in busy] == [
        (0, 0),
        (150, 300),
        (300, 600),
        (0, 1200),
        (150, 1500),
        (300, 1800),
    ]


@pytest.mark.parametrize(("interval", "spelt"), [("0:05:00", "timeStamp"), ("PT5M", "timestamp")])
def test_azure(interval: str, spelt: str, tmp_path: Path, imported_text: Import) -> None:
    text = azure(
        metric("Percentage CPU", "average", 40, None, 60, spelt=spelt),
        metric("Network In Total", "total", 3000, 6000, 0, spelt=spelt),
        metric("Disk Read Operations/Sec", "average", 1, 2, 3, spelt=spelt),
        metric("Available Memory Bytes", "average", 8e9, 7e9, 6e9, spelt=spelt),
        interval=interval,
    )
    found = imported_text(write(tmp_path, text), flags=FLAGS)
    # A value that is not there is a gap, and no 0; the counter begins anew behind it.
    busy = series(found, "node_cpu_seconds_total", cpu="3", mode="other")
    assert [(value, time - BEGIN) for value, time in busy] == [
        (0, 0),
        (120, 300),
        (0, 600),
        (180, 900),
    ]
    assert series(found, "node_network_receive_bytes_total", device="all")[2][0] == 9000
    reads = series(found, "node_disk_reads_completed_total", device="all")
    assert [value for value, _ in reads] == [0, 300, 900, 1800]
    assert series(found, "node_memory_MemAvailable_bytes")[2] == (6e9, BEGIN + 900)


def test_without_the_number_of_cpus_nothing_is_said_of_them(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in (
        cloudwatch(result("CPUUtilization Average 300", 1, 2, 3), result("NetworkIn Sum", 1, 2, 3)),
        azure(
            metric("Percentage CPU", "average", 1, 2, 3),
            metric("Disk Read Bytes", "total", 1, 2, 3),
        ),
    ):
        found = imported_text(write(tmp_path, text), flags=("--machine=m",))
        assert not [name for name, _ in found if "cpu" in name]
        assert "is left out: --cpus says how many CPUs there are" in capsys.readouterr().err


LABEL = "MetricDataResults[0]: Label: expected"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (cloudwatch(result("CPUUtilization", 1, 2, 3)), f"{LABEL} the statistic Average"),
        (cloudwatch(result("CPUUtilization Maximum", 1, 2, 3)), f"{LABEL} the statistic Average"),
        (cloudwatch(result("NetworkIn Average", 1, 2, 3)), f"{LABEL} the statistic Sum"),
        (cloudwatch(result("NetworkIn Sum", 1, times=TIMES[:1])), f"{LABEL} one period in seconds"),
        (cloudwatch(result("CPUCreditBalance", 1, 2, 3)), "expected values of CPUUtilization"),
        (cloudwatch(result("NetworkIn Sum", 1, 2, 3), NextToken="t"), "NextToken: expected all"),
        (cloudwatch(result("NetworkIn Sum", 1, 2, -3)), "Values[0]: expected a number of at"),
        (cloudwatch(result("NetworkIn Sum", 1, 2)), "Timestamps: expected as many"),
        (
            cloudwatch(result("NetworkIn Sum", 1, 2, times=["2026-01-10T10:00:00", "x"])),
            "Timestamps[0]: expected a time such as",
        ),
        (
            cloudwatch(result("NetworkIn Sum", 1, 2, 3) | {"StatusCode": "Forbidden"}),
            "expected Complete",
        ),
        (cloudwatch(result("NetworkIn Sum", 1, 2, 3))[:-40], "it goes wrong at line"),
        ('{"MetricDataResults": 3}', "MetricDataResults: expected what `aws cloudwatch"),
        (azure(), "expected values of Percentage CPU"),
        (azure(interval="x"), "interval: expected such as PT1M"),
        (azure(metric("Percentage CPU", "maximum", 1, 2, 3)), "the aggregation average for"),
        (azure(metric("Disk Read Bytes", "average", 1, 2, 3)), "the aggregation total for"),
        ('{"interval": "PT1M", "value": 3}', "value: expected what `az monitor metrics list`"),
    ],
)
def test_what_is_none(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, text)
    assert run(["import", "capture", str(path), *FLAGS, f"--output={tmp_path}/o"]) == 2
    assert said in (found := capsys.readouterr().err), found
    assert list(tmp_path.iterdir()) == [path]
