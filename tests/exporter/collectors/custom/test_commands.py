"""Real commands: good, failing, hanging, loud, and with children that outlive them."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import threading
import time
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.custom.commands import LARGEST, run_command


def shell(text: str, seconds: float = 20.0, **environment: str) -> bytes:
    return run_command(["/bin/sh", "-c", text], environment, seconds)


def is_alive(process: int) -> bool:
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_for_number(path: Path) -> int:
    end = time.monotonic() + 20
    while not (path.exists() and path.read_text().strip()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return int(path.read_text())


def wait_for_end(process: int) -> None:
    end = time.monotonic() + 20
    while is_alive(process):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_arguments_are_no_shells() -> None:
    assert run_command(["/bin/echo", "$HOME; *", "a b"], {}, 20) == b"$HOME; * a b\n"


def test_it_sees_little_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    seen = run_command(["/usr/bin/env"], {"MINE": "1"}, 20).decode()
    assert "hunter2" not in seen
    assert "MINE=1" in seen
    assert "PATH=" in seen


def test_more_than_a_pipe_holds() -> None:
    assert len(shell("head -c 500000 /dev/zero")) == 500_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exit 3", "/bin/sh ended with status 3"),
        ("kill -9 $$", "/bin/sh ended with status -9"),
        (f"head -c {LARGEST + 1} /dev/zero", "has written more than"),
        ("cat /dev/zero", "has written more than"),
    ],
)
def test_failures(text: str, said: str) -> None:
    with pytest.raises(CollectorError) as caught:
        shell(text)
    assert said in str(caught.value)


def test_a_program_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    for path in (tmp_path / "absent", tmp_path / "plain"):
        with pytest.raises(CollectorError, match=f"cannot start {path}"):
            run_command([str(path)], {}, 20)


def test_it_reads_nothing_from_us() -> None:
    assert shell("wc -c").strip() == b"0"


def test_standard_error_is_for_debugging(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert shell("echo oops >&2; yes >&2 & echo 1") == b"1\n"
    assert "oops" in caplog.text
    assert len(caplog.text) < 2000


def test_one_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    number = tmp_path / "child"
    with pytest.raises(CollectorError, match=r"has not ended within 0\.5 s"):
        shell(f"trap '' TERM; sleep 300 & echo $! > {number}; sleep 300", 0.5)
    wait_for_end(wait_for_number(number))


def test_closed_output_does_not_end_the_waiting() -> None:
    with pytest.raises(CollectorError, match="has not ended"):
        shell("exec >&- 2>&-; sleep 300", 0.3)


def test_a_child_that_keeps_the_output_open_holds_nothing_up(tmp_path: Path) -> None:
    number = tmp_path / "child"
    assert shell(f"sleep 300 & echo $! > {number}; echo 5") == b"5\n"
    wait_for_end(wait_for_number(number))


def test_a_child_that_has_left_the_group_holds_nothing_up(tmp_path: Path) -> None:
    number = tmp_path / "child"
    text = f"setsid sh -c 'echo $$ > {number}; exec sleep 300' & "
    text += f"while ! [ -s {number} ]; do sleep 0.01; done; echo 6"
    try:
        assert shell(text) == b"6\n"
    finally:
        os.kill(wait_for_number(number), 9)


def test_nothing_of_ours_is_open_in_it_or_left_in_us() -> None:
    # What earlier tests have left to the garbage collector would be closed meanwhile.
    gc.collect()
    before = sorted(path.name for path in Path("/proc/self/fd").iterdir())
    assert shell("ls /proc/self/fd").split() == [b"0", b"1", b"2", b"3"]
    with contextlib.suppress(CollectorError):
        shell("sleep 300", 0.1)
    assert sorted(path.name for path in Path("/proc/self/fd").iterdir()) == before


def test_it_can_be_stopped() -> None:
    stop = os.eventfd(0)
    timer = threading.Timer(0.2, os.eventfd_write, (stop, 1))
    timer.start()
    with pytest.raises(CollectorError, match="stopped"):
        run_command(["/bin/sleep", "300"], {}, 250, stop)
    timer.join()
    os.close(stop)
