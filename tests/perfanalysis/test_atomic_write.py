from __future__ import annotations

import os
from pathlib import Path

import pytest

from perfanalysis.atomic_write import write_atomically


@pytest.mark.parametrize("durable", [True, False])
def test_writes_and_replaces(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "file.json"
    write_atomically(path, b"one", durable=durable)
    write_atomically(path, b"two", mode=0o600, durable=durable)
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.json"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "none" / "file", b"x")


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    pid = os.fork()
    if pid == 0:
        import resource
        import signal

        # The same error path as a full disk: the kernel refuses to let the file grow.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
        try:
            write_atomically(path, b"n" * 65536)
        except OSError:
            os._exit(7)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
