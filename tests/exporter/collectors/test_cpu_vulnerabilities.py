"""CPU vulnerabilities as the kernel words them."""

from __future__ import annotations

import pytest

from exporter.collecting import NothingToRead
from exporter.collectors.cpu_vulnerabilities import FOLDER, SPECIFICATION, parse
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FLAG = "--collector.cpu_vulnerabilities"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Not affected", ("not affected", "")),
        ("Vulnerable", ("vulnerable", "")),
        ("Vulnerable: no microcode; SMT off", ("vulnerable", "no microcode; SMT off")),
        ("Mitigation: PTI", ("mitigation", "PTI")),
        ("Mitigation:  Retpolines,  IBPB", ("mitigation", "Retpolines, IBPB")),
        ("Unknown: asks the hypervisor", ("unknown", "asks the hypervisor")),
        ("KVM: Mitigation: VMX disabled", ("unknown", "KVM: Mitigation: VMX disabled")),
    ],
)
def test_states(text: str, expected: tuple[str, str]) -> None:
    assert parse(text) == expected


def test_a_file_is_a_vulnerability(write: Write, collect: Collect) -> None:
    tree = write({f"{FOLDER}/mds": "Not affected\n", f"{FOLDER}/gds": "Mitigation: Off\n"})
    name = "node_cpu_vulnerabilities_info"
    assert collect(SPECIFICATION, tree, FLAG) == {
        f'{name}{{codename="gds",state="mitigation",mitigation="Off"}}': 1,
        f'{name}{{codename="mds",state="not affected",mitigation=""}}': 1,
    }


def test_a_kernel_that_tells_none(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)
