"""Replicated block devices of DRBD 8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors.drbd import SPECIFICATION, samples
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

TEXT = """\
version: 8.4.11 (api:1/proto:86-101)
srcversion: 0123456789ABCDEF
 0: cs:Connected ro:Primary/Secondary ds:UpToDate/Inconsistent C r-----
    ns:10 nr:20 dw:30 dr:40 al:5 bm:6 lo:7 pe:8 ua:9 ap:1 ep:2 wo:f oos:3

 3: cs:WFConnection ro:Secondary/Unknown ds:UpToDate/DUnknown C r-----
    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0
"""
FLAG = "--collector.drbd"


def test_devices(write: Write, collect: Collect) -> None:
    found = collect(SPECIFICATION, write({"proc/drbd": TEXT}), FLAG)
    first = {
        key.removeprefix("node_drbd_").replace('device="drbd0"', ""): value
        for key, value in found.items()
        if 'device="drbd0"' in key
    }
    assert first == {
        "network_sent_bytes_total{}": 10 * 1024,
        "network_received_bytes_total{}": 20 * 1024,
        "disk_written_bytes_total{}": 30 * 1024,
        "disk_read_bytes_total{}": 40 * 1024,
        "activitylog_writes_total{}": 5,
        "bitmap_writes_total{}": 6,
        "local_pending{}": 7,
        "remote_pending{}": 8,
        "remote_unacknowledged{}": 9,
        "application_pending{}": 1,
        "epochs{}": 2,
        "out_of_sync_bytes{}": 3 * 1024,
        'node_role_is_primary{,node="local"}': 1,
        'node_role_is_primary{,node="remote"}': 0,
        'disk_state_is_up_to_date{,node="local"}': 1,
        'disk_state_is_up_to_date{,node="remote"}': 0,
        "connected{}": 1,
    }
    assert len(found) == 2 * len(first)
    assert found['node_drbd_connected{device="drbd3"}'] == 0
    assert found['node_drbd_disk_state_is_up_to_date{device="drbd3",node="local"}'] == 1


def test_a_machine_without_it(write: Write, collect: Collect) -> None:
    with pytest.raises(NothingToRead):
        collect(SPECIFICATION, write({}), FLAG)


@pytest.mark.parametrize("data", [b"0: ns:x", b"0: ns:-1", b"0: ro:Primary"])
def test_what_is_not_understood(data: bytes) -> None:
    with pytest.raises(CollectorError, match=r"/proc/drbd: drbd0"):
        samples(data)


@given(st.binary(max_size=60))
def test_what_belongs_to_no_device_is_passed_over(data: bytes) -> None:
    assert samples(b"ns:x ro:x " + data.replace(b":", b"")) == []
