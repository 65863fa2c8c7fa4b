"""What is shown while an import goes on, and when there is no room for its output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from importing import progress
from perfanalysis.cli import run
from tests.conftest import REPOSITORY
from tests.importing import made

PERFANALYSIS = [sys.executable, "-m", "perfanalysis"]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "made.jsonl"
    made.write(path, 6_000_000)
    return path


def test_a_bar_on_a_terminal(capture: Path, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = ["import", "capture", str(capture), "--machine=m", f"--output={tmp_path}/o"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [*PERFANALYSIS, *command], stderr=theirs, cwd=REPOSITORY, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            # The terminal has gone with the process.
            pass
        assert process.wait() == 0
    os.close(ours)
    assert b"import" in shown
    assert b"/6.0 MB" in shown
    assert b"\x1b[" in shown


def test_lines_elsewhere(
    capture: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    words = ["import", "capture", str(capture), "--machine=m", f"--output={tmp_path}/o"]
    assert run(words) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "import: 100% of 6.0 MB read"
    assert "\x1b" not in "".join(lines)


def test_no_room_for_the_output_is_said_in_one_line_and_nothing_is_left(
    capture: Path, tmp_path: Path
) -> None:
    words = ["import", "capture", str(capture), "--machine=m", f"--output={tmp_path}/o"]
    # No file may be larger than a megabyte: the write fails as on a full disk.
    command = ["bash", "-c", 'ulimit -f 1024; exec "$@"', "bash", *PERFANALYSIS, *words]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("perfanalysis: the import could not be written: ")
    assert ended.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["made.jsonl"]
