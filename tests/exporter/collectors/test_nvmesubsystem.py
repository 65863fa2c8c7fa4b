"""NVMe subsystems and the paths to them."""

from __future__ import annotations

import pytest

from exporter.collecting import NothingToRead
from exporter.collectors.nvmesubsystem import FOLDER, SPECIFICATION, STATES, state_of
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FLAG = "--collector.nvmesubsystem"
ONE = f"{FOLDER}/nvme-subsys0"
FILES = {
    f"{ONE}/subsysnqn": "nqn.2014.org:uuid:1\n",
    f"{ONE}/model": "Array  \n",
    f"{ONE}/serial": "S1\n",
    f"{ONE}/iopolicy": "numa\n",
    f"{ONE}/nvme0/state": "live\n",
    f"{ONE}/nvme0/transport": "tcp\n",
    f"{ONE}/nvme10/state": "deleting (no IO)\n",
    f"{ONE}/nvme10/transport": "fc\n",
    f"{ONE}/nvme0n1/size": "8\n",
    f"{ONE}/nvme0c10n1/size": "8\n",
    f"{FOLDER}/other/model": "no subsystem\n",
}


def test_a_subsystem(write: Write, collect: Collect) -> None:
    where = 'subsystem="nvme-subsys0"'
    states = {("nvme0", "tcp"): "live", ("nvme10", "fc"): "deleting"}
    assert collect(SPECIFICATION, write(FILES), FLAG) == {
        f'node_nvmesubsystem_info{{{where},nqn="nqn.2014.org:uuid:1",model="Array",serial="S1",'
        'iopolicy="numa"}': 1,
        f'node_nvmesubsystem_namespace_info{{{where},device="nvme0n1"}}': 1,
        f"node_nvmesubsystem_paths{{{where}}}": 2,
        f"node_nvmesubsystem_paths_live{{{where}}}": 1,
        **{
            f'node_nvmesubsystem_path_state{{{where},controller="{name}",'
            f'transport="{transport}",state="{state}"}}': state == now
            for (name, transport), now in states.items()
            for state in STATES
        },
    }


@pytest.mark.parametrize(
    ("text", "state"),
    [("live", "live"), ("deleting (no IO)", "deleting"), ("", "unknown"), ("odd", "unknown")],
)
def test_states(text: str, state: str) -> None:
    assert state_of(text) == state


def test_a_machine_without_them(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)
