"""Logs of sysbench given to the commands: several runs, and files of another kind."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from importing import sysbench_log
from perfanalysis import cli
from perfanalysis.results import reading
from tests.importing.test_sysbench_log import LOG, RUN, RUN_1_1, WARNINGS


def test_runs_of_one_log_end_one_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sysbench_log.ends([RUN, RUN_1_1, RUN], 1000.0) == pytest.approx(
        [1000 - 300.0003 - 20.0006, 1000 - 300.0003, 1000]
    )
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LOG + LOG))
    words = ["import", "results", f"{tmp_path}/a.log.gz", "--timestamp=1000000", "--cpus=2"]
    assert cli.run([*words, "--machine=m", f"--output={tmp_path}"]) == 0
    files = capsys.readouterr().out.split()
    found = [reading.read(Path(file)) for file in files]
    assert [one.timestamp_seconds for one in found] == [1_000_000 - 300.0003, 1_000_000]
    assert [one.machine.name for one in found] == ["m", "m"]
    # Both are there for an import of the machine's results.
    output = tmp_path / "o.om"
    assert cli.run(["import", "capture", *files, f"--output={output}"]) == 0
    assert "left out" not in capsys.readouterr().err
    assert output.read_text().count("perf_loadtest_max_units_per_second{") == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.jsonl",
            b'{"timestamp": 1, "subsystem": "/proc/stat", "measurement": "x"}',
            "a capture",
        ),
        ("a.csv", b"timestamp,container_id\n", "a CSV of containers"),
        ("a.csv", b'"timestamp","cpu_user"\n', "a CSV of the portal"),
        ("a.json", b'{\n  "schema_version": 3\n}', "a load-test result already"),
    ],
)
def test_what_goes_to_the_other_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert cli.run(["import", "results", f"{tmp_path}/{name}", "--timestamp=1"]) == 2
    expected = f"this is {said}, and goes to `perfanalysis import capture`"
    assert expected in capsys.readouterr().err


def test_a_log_behind_warnings_is_known_to_the_other_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.log").write_bytes(WARNINGS + LOG)
    words = ["import", "capture", f"{tmp_path}/a.log", "--machine=m", f"--output={tmp_path}/o"]
    assert cli.run(words) == 2
    assert "a sysbench log goes to `perfanalysis import results`" in capsys.readouterr().err
