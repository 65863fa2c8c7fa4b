from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from loadtest.fleet import tether

STARTS = """
import subprocess, sys, time
from loadtest.fleet.tether import tethered
child = subprocess.Popen(tethered(["/bin/sleep", "600"]))
print(child.pid, flush=True)
time.sleep(600)
"""


def test_a_command_does_not_outlive_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        await_state(lambda: command_of(child) == "/bin/sleep")
        parent.kill()
    await_state(lambda: command_of(child) != "/bin/sleep")


def test_a_command_whose_parent_is_gone_is_not_run(tmp_path: Path) -> None:
    words = tether.tethered(["/bin/touch", str(tmp_path / "file")])
    words[words.index(str(os.getpid()))] = "1" if os.getpid() != 1 else "2"
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "who asked for this is gone\n")
    assert not (tmp_path / "file").exists()


def test_a_command_that_cannot_be_run_says_so() -> None:
    words = tether.tethered(["/absent/ssh"])
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        1,
        "/absent/ssh: cannot be run: No such file or directory\n",
    )


def test_a_command_gets_its_words_and_standard_input() -> None:
    done = subprocess.run(
        tether.tethered(["/bin/sh", "-c", 'cat; echo "$1"; exit 7', "sh", "two words"]),
        input="told\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "told\ntwo words\n", "")


def command_of(pid: int) -> str:
    """The first word of a process's command line; empty when it is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].decode()
    except OSError:
        return ""


def await_state(reached: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)
