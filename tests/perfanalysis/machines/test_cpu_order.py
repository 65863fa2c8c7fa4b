from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.cpu_order import core_by_core, cores_first, cores_of

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures/exporter"
# The threads of each core as thread_siblings_list has them.
METAL = ["0,4", "1,5", "2,6", "3,7"]  # as Intel and AMD machines number them
CLOUD = ["0-1", "2-3", "4-5", "6-7"]  # as EC2 and Google Cloud show them
HYBRID = ["0-1", "2-3", "4", "5"]  # two cores of two threads, two of one
FOUR_A_CORE = ["0-3", "4-7"]  # POWER


def machine(root: Path, cores: list[str]) -> Path:
    for listed in cores:
        first, _, last = listed.replace(",", "-").partition("-")
        step = int(last or first) - int(first) if "," in listed else 1
        for cpu in range(int(first), int(last or first) + 1, max(1, step)):
            folder = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
            folder.mkdir(parents=True)
            (folder / "thread_siblings_list").write_text(f"{listed}\n")
    return root


@pytest.mark.parametrize(
    ("cores", "cpus", "first", "packed"),
    [
        (METAL, range(8), (0, 1, 2, 3, 4, 5, 6, 7), (0, 4, 1, 5, 2, 6, 3, 7)),
        (CLOUD, range(8), (0, 2, 4, 6, 1, 3, 5, 7), (0, 1, 2, 3, 4, 5, 6, 7)),
        (HYBRID, range(6), (0, 2, 4, 5, 1, 3), (0, 1, 2, 3, 4, 5)),
        (FOUR_A_CORE, range(8), (0, 4, 1, 5, 2, 6, 3, 7), (0, 1, 2, 3, 4, 5, 6, 7)),
        # A container's CPUs: the second threads of two cores, and both of a third.
        (METAL, (2, 5, 6, 7), (2, 5, 7, 6), (5, 2, 6, 7)),
    ],
)
def test_cores_are_filled_first_and_packed_ones_one_by_one(
    tmp_path: Path, cores: list[str], cpus: range, first: tuple[int, ...], packed: tuple[int, ...]
) -> None:
    root = machine(tmp_path, cores)
    order = cores_first(tuple(cpus), cores_of(tuple(cpus), root))
    assert order == first
    assert tuple(order[place] for place in core_by_core(cores_of(order, root))) == packed


def test_where_the_kernel_says_nothing_each_cpu_is_a_core_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sys/devices/system/cpu/cpu1/topology").mkdir(parents=True)
    (tmp_path / "sys/devices/system/cpu/cpu1/topology/thread_siblings_list").write_text("many\n")
    assert cores_of((0, 1), tmp_path) == (0, 1)
    assert cores_first((1, 0), (1, 0)) == (0, 1)


def recorded(host: str, root: Path) -> Path:
    """The CPUs of a recorded machine, whose cores are known by their ids alone."""
    cores: dict[tuple[str, str], list[int]] = {}
    for folder in (FIXTURES / host / "sys/devices/system/cpu").glob("cpu[0-9]*/topology"):
        ids = [(folder / name).read_text() for name in ("physical_package_id", "core_id")]
        cores.setdefault((ids[0], ids[1]), []).append(int(folder.parent.name[3:]))
    return machine(root, [",".join(map(str, sorted(cpus))) for cpus in cores.values()])


def test_a_recorded_machine_of_two_sockets(tmp_path: Path) -> None:
    cpus = tuple(range(32))
    root = recorded("numa-5.14", tmp_path)
    order = cores_first(cpus, cores_of(cpus, root))
    # Sixteen cores of two threads, numbered one behind the other.
    assert order == (*range(0, 32, 2), *range(1, 32, 2))
    places = core_by_core(cores_of(order, root))
    assert tuple(order[place] for place in places) == cpus
