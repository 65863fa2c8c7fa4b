"""Files as sources: patterns, limits, and what must not be waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exporter.collectors.custom.configuration import parse_configuration
from exporter.collectors.custom.files import LARGEST, read_source
from exporter.collectors.custom.metrics import FileSource
from perfanalysis.exposition.catalogue import Catalogue

CONFIGURATION = """
sources:
  - file: {folder}/*/depth
    path_labels: '/(?P<queue>[a-z]+)/depth$'
    metrics:
      - {{name: queue_depth, type: gauge, help: Jobs., column: 1}}
      - {{name: queue_limit, type: gauge, help: Limit., regex: 'limit (\\d+)'}}
"""


def source_of(folder: Path) -> FileSource:
    (source,) = parse_configuration(
        CONFIGURATION.format(folder=folder).encode(), "custom.yaml", Catalogue()
    )
    assert isinstance(source, FileSource)
    return source


def outcomes(folder: Path) -> list[list[tuple[tuple[str, ...], bytes]] | str]:
    return [
        outcome
        if isinstance(outcome, str)
        else [(sample.labels, value) for sample, value in outcome]
        for _, outcome in read_source(source_of(folder))
    ]


def write(folder: Path, queue: str, data: bytes) -> Path:
    (folder / queue).mkdir(exist_ok=True)
    (folder / queue / "depth").write_bytes(data)
    return folder / queue / "depth"


def test_each_file_of_a_pattern_is_a_series(tmp_path: Path) -> None:
    write(tmp_path, "web", b"7 limit 10\n")
    write(tmp_path, "mail", b"3 limit 5\n")
    assert outcomes(tmp_path) == [
        [(("mail",), b"3"), (("web",), b"7")],
        [(("mail",), b"5"), (("web",), b"10")],
    ]


def test_one_metric_fails_alone(tmp_path: Path) -> None:
    write(tmp_path, "mail", b"3\n")
    depth, limit = outcomes(tmp_path)
    assert depth == [(("mail",), b"3")]
    assert isinstance(limit, str)
    assert "nothing matches" in limit


def test_what_is_no_readable_file(tmp_path: Path) -> None:
    assert "no file matches" in outcomes(tmp_path)[0]
    path = write(tmp_path, "mail", b"1 limit 2" + b" " * LARGEST)
    assert outcomes(tmp_path) == [f"{path} is larger than {LARGEST} bytes"] * 2
    path.unlink()
    os.mkfifo(path)
    assert outcomes(tmp_path) == [f"{path} is no regular file"] * 2
    path.unlink()
    path.symlink_to("/dev/zero")
    assert outcomes(tmp_path) == [f"{path} is no regular file"] * 2
    path.unlink()
    path.symlink_to(tmp_path / "absent")
    assert "No such file" in outcomes(tmp_path)[0]


def test_paths_without_the_label_and_doubles(tmp_path: Path) -> None:
    write(tmp_path, "MAIL", b"1 limit 2")
    assert "does not match" in outcomes(tmp_path)[0]
    (tmp_path / "MAIL" / "depth").unlink()
    write(tmp_path, "a1a", b"1 limit 2")
    assert "does not match" in outcomes(tmp_path)[0]


def test_too_many_files(tmp_path: Path) -> None:
    for i in range(257):
        write(tmp_path, f"{i:03}", b"1")
    assert outcomes(tmp_path)[0] == f"more than 256 files match {tmp_path}/*/depth"


def test_a_single_file_of_proc() -> None:
    text = b"""
sources:
  - file: /proc/uptime
    metrics:
      - {name: host_uptime_seconds, type: gauge, help: Uptime., unit: seconds, column: 1}
"""
    (source,) = parse_configuration(text, "custom.yaml", Catalogue())
    assert isinstance(source, FileSource)
    ((_, series),) = read_source(source)
    assert not isinstance(series, str)
    assert float(series[0][1]) > 0


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"nan", b"many"])
def test_bytes_that_are_no_number(data: bytes, tmp_path: Path) -> None:
    write(tmp_path, "mail", data)
    assert all(isinstance(outcome, str) for outcome in outcomes(tmp_path))
