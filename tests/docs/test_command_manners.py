"""All commands say no alike: one line, nothing on standard output, status 2 (1 for work)."""

from __future__ import annotations

import time

import click
import pytest

from demo.servers import free_port
from perfanalysis.cli import run
from tests.docs.cli_reference import contexts

LEAVES = [
    context.command_path.split()[1:]
    for context in contexts()
    if not isinstance(context.command, click.Group)
]
NOBODY = f"http://127.0.0.1:{free_port()}"
# Commands that ask a URL at once, and give up by themselves.
ASKING = [
    ["doctor", "--prometheus", NOBODY],
    ["report", "--prometheus", NOBODY, "--prometheus-retries", "1", "--output", "x.pdf"],
    ["report", "check", "--prometheus", NOBODY, "--prometheus-retries", "1"],
    ["report", "init", "--prometheus", NOBODY, "--output", "x.yaml"],
    ["workload", "record", "x.om", "--prometheus", NOBODY, "--machine", "a", "--from", "now-1h"],
    ["portal", "ask", "tests", "--portal", NOBODY],
]


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_a_wrong_flag(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--no-such-flag"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("perfanalysis: No such option '--no-such-flag'.")
    assert line.endswith(f"Try 'perfanalysis {' '.join(words)} --help'.")


@pytest.mark.parametrize("words", ASKING, ids=lambda words: " ".join(words[:2]))
def test_nobody_at_the_address(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The waits between attempts are no matter of this test.
    monkeypatch.setattr(time, "sleep", lambda _: None)
    assert run(words) == 1
    said = capsys.readouterr()
    assert said.out == ""
    first, last = said.err.splitlines()
    assert first.startswith(f"perfanalysis: {NOBODY}/")
    assert first.endswith("(Connection refused); trying again")
    assert "see that it runs, and that host and port are right: nothing listens there" in last
