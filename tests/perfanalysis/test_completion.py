"""Shells complete our commands: asked as bash asks, and by bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from perfanalysis.cli import run
from perfanalysis.completion import SHELLS, VARIABLE


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert f"{VARIABLE}={shell}_complete" in script.replace("env ", "")


def test_another_shell_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "csh"]) == 2
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("perfanalysis load", {"loadtest"}),
        ("perfanalysis prices sh", {"show"}),
        ("perfanalysis prices show --cur", {"--currency"}),
    ],
)
def test_commands_and_flags_are_completed(words: str, completed: set[str]) -> None:
    asked = {VARIABLE: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    program = "import sys; from perfanalysis.cli import main; sys.argv = ['perfanalysis']; main()"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line.split(",")[1] for line in answer.stdout.splitlines()}
    assert completed <= found
    assert all(one.startswith(words.rsplit(maxsplit=1)[-1]) for one in found)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on PATH")
def test_bash_takes_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    shown = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p perfanalysis"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_perfanalysis_completion" in shown.stdout
