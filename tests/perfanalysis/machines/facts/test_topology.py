from __future__ import annotations

from pathlib import Path

from perfanalysis.machines.facts import topology


def machine(root: Path, siblings: dict[int, tuple[str, str]]) -> Path:
    """Writes what sysfs says of each CPU: its socket, and the threads of its core."""
    for cpu, (socket, threads) in siblings.items():
        folder = root / f"sys/devices/system/cpu/cpu{cpu}/topology"
        folder.mkdir(parents=True)
        (folder / "physical_package_id").write_text(f"{socket}\n")
        (folder / "thread_siblings_list").write_text(f"{threads}\n")
    return root


def test_two_threads_a_core(tmp_path: Path) -> None:
    pairs = {0: ("0", "0,4"), 1: ("0", "1,5"), 2: ("1", "2,6"), 3: ("1", "3,7")}
    pairs |= {cpu + 4: pairs[cpu] for cpu in range(4)}
    root = machine(tmp_path, pairs)
    (root / "sys/devices/system/cpu/smt").mkdir()
    (root / "sys/devices/system/cpu/smt/control").write_text("on\n")
    assert topology.read([0, 4, 1], root) == {
        "sockets": 2,
        "cores": 4,
        "threads_per_core": 2,
        "smt": "on",
        "used_cores": 2,
    }


def test_nodes_have_their_cpus_and_memory(tmp_path: Path) -> None:
    for node, cpus in enumerate(["0-3", "4-7"]):
        folder = tmp_path / f"node{node}"
        folder.mkdir()
        (folder / "cpulist").write_text(f"{cpus}\n")
        (folder / "meminfo").write_text(f"Node {node} MemTotal:       {1000 + node} kB\n")
    assert topology.numa_nodes(tmp_path) == [
        {"node": 0, "cpus": "0-3", "memory_bytes": 1024000},
        {"node": 1, "cpus": "4-7", "memory_bytes": 1025024},
    ]


def test_a_kernel_that_says_nothing(tmp_path: Path) -> None:
    assert topology.read([0], tmp_path) == {}
