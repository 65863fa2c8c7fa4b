"""Arrays of /proc/mdstat of which the kernel does not say all."""

from __future__ import annotations

from exporter.collectors import mdadm
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

ODD_ARRAYS = """Personalities : [raid1] [raid0] [faulty] [raid10]
md0 : active raid1 super 1.2 [2/0] [__]
      BLANK

md1 : active faulty sda1[0]
      1046528 blocks super 1.2 nfaults=0

md2 : active raid1 sdb1[1] sda1[0]
      195310144 blocks super 1.2 [2/2] [UU]
      \tresync=REMOTE

md3 : broken raid0 sdj1[0] sdk1[1]
      1024 blocks 64k chunks

md4 : active raid10 sdd1[1] sdc1[0]
      200 blocks [2/2] [UU]
      [==>....]  recovery = soon

md5 : active raid1 sdf1[1] sde1[0]
      300 blocks [2/2] [UU]

unused devices: <none>
"""


def test_what_is_odd_about_an_array_costs_that_alone(write: Write, collect: Collect) -> None:
    samples = collect(mdadm.SPECIFICATION, write({"proc/mdstat": ODD_ARRAYS.replace("BLANK", "")}))
    found = {
        device: {
            name: samples.get(f'node_md_{name}{{device="{device}"{more}}}')
            for name, more in (
                *(("disks", ',state="active"'), ("disks_required", "")),
                *(("blocks", ""), ("blocks_synced", "")),
            )
        }
        for device in ("md0", "md1", "md2", "md3", "md4", "md5")
    }
    assert {device: tuple(values.values()) for device, values in found.items()} == {
        # It has lost all its disks, and so its size.
        "md0": (0, 2, None, None),
        "md1": (None, None, 1046528, 1046528),
        # Another machine of the cluster copies, and does not say how far it is.
        "md2": (2, 2, 195310144, None),
        "md3": (2, 2, 1024, 1024),
        "md4": (2, 2, 200, None),
        "md5": (2, 2, 300, 300),
    }
    assert samples['node_md_state{device="md2",state="resync"}'] == 1
    assert samples['node_md_state{device="md0",state="active"}'] == 1
    assert samples['node_md_disks{device="md0",state="failed"}'] == 0
    assert {value for series, value in samples.items() if 'md3",state="active' in series} == {0, 2}
