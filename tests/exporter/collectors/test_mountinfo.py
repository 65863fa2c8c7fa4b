"""The list of mounts is read when it has changed: at once where the kernel tells, and in a tree."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.sources import mountinfo
from exporter.sources.files import KeptFile, Paths, Sources
from exporter.sources.mountinfo import MountTable

ROOT = "20 1 254:0 / / rw - ext4 /dev/vda rw\n"
DATA = "21 1 254:1 / /data rw - ext4 /dev/vdb rw\n"


@pytest.fixture
def sources() -> Iterator[Sources]:
    opened = Sources(Paths())
    yield opened
    opened.close()


def test_a_file_of_a_tree_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "1" / "mountinfo"
    file.parent.mkdir()
    file.write_text(ROOT)
    sources = Sources(Paths(procfs=tmp_path))
    table = MountTable(sources)
    assert table.changed()
    sources.begin_scrape()
    assert not table.changed()
    file.write_text(ROOT + DATA)
    sources.begin_scrape()
    assert table.changed()
    assert [mount.point for mount in table.mounts] == ["/", "/data"]
    file.write_text("no mount\n")
    sources.begin_scrape()
    with pytest.raises(CollectorError, match="no mount"):
        table.changed()
    file.write_text(ROOT)
    sources.begin_scrape()
    assert table.changed()
    sources.close()


def test_devices_are_as_the_kernel_writes_them_and_mount_points_are_not() -> None:
    """As in node_exporter."""
    line = b"22 1 0:40 / /mnt/my\\040share rw - cifs //server/my\\040share rw\n"
    (mount,) = mountinfo.parse(line)
    assert (mount.device, mount.point) == (r"//server/my\040share", "/mnt/my share")


def test_the_kernels_list_is_read_once_and_after_a_minute(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []
    read = KeptFile.read

    def counting(file: KeptFile) -> bytes:
        reads.append(file.path)
        return read(file)

    monkeypatch.setattr(KeptFile, "read", counting)
    table = MountTable(sources)
    assert table.changed()
    before = len(reads)
    sources.begin_scrape()
    assert not table.changed()
    assert len(reads) == before
    later = mountinfo.monotonic() + mountinfo.REFRESH_SECONDS
    monkeypatch.setattr(mountinfo, "monotonic", lambda: later)
    table.changed()
    assert len(reads) > before


def test_a_new_mount_is_seen_at_once_by_all_that_look(sources: Sources, tmp_path: Path) -> None:
    first, own = (Path(f"/proc/{process}/mountinfo").read_bytes() for process in (1, "self"))
    if first != own:
        pytest.skip("the first process has other mounts")
    tables = [MountTable(sources), MountTable(sources)]
    for table in tables:
        table.changed()
    sources.begin_scrape()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4k", "test", str(tmp_path)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    try:
        for table in tables:
            assert table.changed()
            assert str(tmp_path) in {mount.point for mount in table.mounts}
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    sources.begin_scrape()
    for table in tables:
        assert table.changed()
        assert str(tmp_path) not in {mount.point for mount in table.mounts}


@pytest.mark.parametrize(
    "line",
    [
        "20 1 254:0 / / rw ext4 /dev/vda rw",
        "20 1 254:0 / / rw - ext4 /dev/vda",
        "20 1 254:0 / / - ext4 /dev/vda rw",
        "20 1 254 / / rw - ext4 /dev/vda rw",
        "20 1 254:x / / rw - ext4 /dev/vda rw",
        "20 1 :0 / / rw - ext4 /dev/vda rw",
        "20",
        " - ",
    ],
)
def test_a_line_that_lacks_a_field_is_named(line: str) -> None:
    with pytest.raises(CollectorError, match="expected a mount, found"):
        mountinfo.parse(f"{ROOT}{line}\n".encode())


@pytest.mark.parametrize(
    ("own", "above", "read_only"),
    [
        ("rw,noatime", "rw,errors=remount-ro", False),
        ("ro,noatime", "rw", True),
        ("rw", "ro,data=ordered", True),
        ("rw", "rw,emergency_ro", True),
    ],
)
def test_a_mount_is_read_only_by_its_own_options_or_its_file_systems(
    own: str, above: str, read_only: bool
) -> None:
    (mount,) = mountinfo.parse(f"20 1 254:0 / /a {own} - ext4 /dev/vda {above}\n".encode())
    assert mount.read_only is read_only
    assert (mount.point, mount.major, mount.minor) == ("/a", "254", "0")
