"""Errors of IPsec's transformations."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.xfrm import FIELDS, SPECIFICATION, samples
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

FLAG = "--collector.xfrm"


def test_fields_that_are_known(write: Write, collect: Collect) -> None:
    text = "XfrmInError             \t1\nXfrmOutStateSeqError    \t18\nXfrmInStateDirError\t7\n"
    assert collect(SPECIFICATION, write({"proc/net/xfrm_stat": text}), FLAG) == {
        "node_xfrm_in_error_packets_total": 1,
        "node_xfrm_out_state_seq_error_packets_total": 18,
    }


def test_a_kernel_without_it(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)


@pytest.mark.parametrize("data", [b"XfrmInError\n", b"XfrmInError x\n", b"XfrmInError 1 2\n"])
def test_what_is_not_understood(data: bytes) -> None:
    with pytest.raises(CollectorError, match="/proc/net/xfrm_stat: expected"):
        samples(data)


def test_the_kernels_own_fields() -> None:
    path = Path("/proc/net/xfrm_stat")
    if not path.exists():
        pytest.skip("this kernel has no IPsec")
    assert {one.family for one, _ in samples(path.read_bytes())} == set(FIELDS.values())
