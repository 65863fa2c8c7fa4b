from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.made_tree import MadeTree, make_tree
from benchmarks.made_tree.proc import disk_number
from benchmarks.made_tree.shape import TreeShape

SMALL = TreeShape(cpus=8, disks=30, interfaces=5, mounts=40)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> MadeTree:
    return make_tree(tmp_path_factory.mktemp("tree"), SMALL)


def lines(tree: MadeTree, name: str) -> list[str]:
    return (tree.folder / name).read_text(encoding="ascii").splitlines()


def test_default_shape() -> None:
    shape = TreeShape()
    assert (shape.cpus, shape.disks, shape.interfaces, shape.mounts) == (256, 512, 300, 500)
    assert len(set(shape.disk_names)) == 512
    assert (shape.disk_names[25], shape.disk_names[26], shape.disk_names[511]) == (
        "sdz",
        "sdaa",
        "sdsr",
    )


def test_counts_of_rows(tree: MadeTree) -> None:
    assert len([line for line in lines(tree, "proc/stat") if line.startswith("cpu")]) == 9
    assert len(lines(tree, "proc/diskstats")) == 30
    assert len(lines(tree, "proc/net/dev")) == 2 + 5
    assert len(lines(tree, "proc/1/mountinfo")) == len(lines(tree, "proc/self/mounts")) == 40
    assert len(lines(tree, "proc/net/softnet_stat")) == 8
    assert len(list((tree.folder / "sys/class/net").iterdir())) == 5


def test_the_line_of_the_machine_is_the_sum_of_its_cpus(tree: MadeTree) -> None:
    total, *cpus = [
        [int(word) for word in line.split()[1:]]
        for line in lines(tree, "proc/stat")
        if line.startswith("cpu")
    ]
    assert total == [sum(column) for column in zip(*cpus, strict=True)]


def test_columns(tree: MadeTree) -> None:
    assert {len(line.split()) for line in lines(tree, "proc/diskstats")} == {3 + 17}
    assert {len(line.split()) for line in lines(tree, "proc/net/dev")[2:]} == {1 + 16}
    for name in ("proc/net/netstat", "proc/net/snmp"):
        counts = [len(line.split()) for line in lines(tree, name)]
        assert counts[::2] == counts[1::2]


def test_device_numbers_are_unique_and_agree(tree: MadeTree) -> None:
    rows = [line.split()[:3] for line in lines(tree, "proc/diskstats")]
    assert len({(major, minor) for major, minor, _ in rows}) == 30
    for major, minor, name in rows:
        assert lines(tree, f"sys/block/{name}/dev") == [f"{major}:{minor}"]
    full = [disk_number(disk) for disk in range(TreeShape().disks)]
    assert len(set(full)) == 512


def test_links_resolve(tree: MadeTree) -> None:
    links = [path for path in (tree.folder / "sys").rglob("*") if path.is_symlink()]
    assert len(links) == 2 * 30 + 5 + 6
    assert all(path.exists() and not path.readlink().is_absolute() for path in links)


def test_mount_points_exist(tree: MadeTree) -> None:
    for line in lines(tree, "proc/1/mountinfo"):
        assert (tree.folder / "root" / line.split()[4].lstrip("/")).is_dir()


def test_the_same_shape_gives_the_same_bytes(tree: MadeTree, tmp_path: Path) -> None:
    again = make_tree(tmp_path, SMALL)
    for path in sorted(tree.folder.rglob("*")):
        if path.is_file():
            assert (again.folder / path.relative_to(tree.folder)).read_bytes() == path.read_bytes()
