"""The entry point: a plain exporter without click, everything else by the command."""

from __future__ import annotations

import subprocess
import sys

import pytest


def ran(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perfanalysis", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("words", "status", "out", "error"),
    [
        (["--version"], 0, "perfanalysis, version", ""),
        (["exporter", "--version"], 0, "perfanalysis exporter, version", ""),
        (["exporter", "--help"], 0, "--web.listen-address", ""),
        (["exporter", "--no-such-flag"], 2, "", "No such option"),
        (["exporter", "--web.max-requests=many"], 2, "", "'many' is not a valid integer"),
        (["exporter", "--path.procfs=/nowhere"], 2, "", "--path.procfs: expected a folder"),
        (["exporter", "--web.telemetry-path=x"], 2, "", "expected a path that begins with /"),
        (["exporter", "--collector.runit"], 2, "", "node_exporter's of that name is not here"),
        (["workload", "record", "--help"], 0, "--per-cpu", ""),
        (["workload", "record"], 2, "", "Missing argument 'OUT'"),
        (["workload", "record", "a", "b"], 2, "", "unexpected extra argument (b)"),
        (["workload", "record", "a", "--no-such-flag"], 2, "", "No such option"),
        (["workload", "record", "a", "--step=0.1s"], 2, "", "--step: expected a time"),
        (["workload", "record", "a", "--path.procfs", "/nowhere"], 2, "", "expected a folder"),
    ],
)
def test_words_and_status_are_those_of_the_command(
    words: list[str], status: int, out: str, error: str
) -> None:
    done = ran(*words)
    assert (done.returncode, out in done.stdout, error in done.stderr) == (status, True, True)
    assert "Traceback" not in done.stderr
