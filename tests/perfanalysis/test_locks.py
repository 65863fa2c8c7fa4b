from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perfanalysis.locks import FileLock, LockedError, locked

HOLD = """
import sys
from pathlib import Path
from perfanalysis.locks import FileLock
lock = FileLock(Path(sys.argv[1]), wait=False)
print("held", flush=True)
sys.stdin.read()
"""


def test_one_holds_it_at_a_time_and_a_killed_holder_gives_it_back(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError):
            FileLock(path, wait=False)
        holder.kill()
        holder.wait(60)
    with locked(path), pytest.raises(LockedError):
        FileLock(path, wait=False)
    FileLock(path, wait=False).release()


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    FileLock(tmp_path / "lock", wait=False).release()
    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_missing_is_said_by_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "none" / "lock"):
        pass
