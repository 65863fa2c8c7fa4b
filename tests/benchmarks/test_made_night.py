"""The captures of an import night, by the command that takes them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from benchmarks.made_night import captures, inventory
from perfanalysis.cli import cli

BEGIN = 1_700_000_000


def test_captures_are_imported_as_machines_of_their_inventory(tmp_path: Path) -> None:
    files = captures(tmp_path, 2, BEGIN, 3)
    assert [file.name for file in files] == ["night-00.jsonl", "night-01.jsonl"]
    (tmp_path / "machines.yaml").write_text(inventory(files))
    output = tmp_path / "metrics.om"
    words = ["import", "capture", *map(str, files), "--inventory", str(tmp_path / "machines.yaml")]
    done = CliRunner().invoke(cli, [*words, "--output", str(output)])
    assert done.exit_code == 0, done.output
    lines = output.read_text().splitlines()
    loads = [line for line in lines if line.startswith("node_load1{")]
    assert [line.rsplit(" ", 1)[1].partition(".")[0] for line in loads] == [
        str(BEGIN + number * 60) for _ in range(2) for number in range(3)
    ]


def test_counters_go_on(tmp_path: Path) -> None:
    lines = captures(tmp_path, 1, BEGIN, 2)[0].read_text().splitlines()
    first, second = (line for line in lines if '"/proc/vmstat"' in line)
    assert first != second
