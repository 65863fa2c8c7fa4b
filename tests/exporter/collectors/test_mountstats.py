"""What NFS mounts count."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors.mountstats import SPECIFICATION
from exporter.collectors.mountstats.collector import samples
from exporter.collectors.mountstats.parsing import parse
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

HEAD = "device server:/data mounted on /mnt/{} with fstype {} statvers=1.1"
BODY = """
\topts:\trw,vers=4.1
\tage:\t100
\tcaps:\tcaps=0x3fff
\tevents:\t1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 999 20 21 22 23 24 25 26 27
\tbytes:\t101 102 103 104 105 106 107 108
\tRPC iostats version: 1.1  p/v: 100003/4 (nfs)
\txprt:\t{}
\tper-op statistics
\t        READ: 1 2 3 4 5 6000 7000 8000 9
\t       WRITE: 0 0 0 0 0 {} 0 0 0

"""
TCP = "tcp 832 1 2 3 4 5 6 7 8 9 10 11 12"
UDP = "udp 832 1 2 3 4 5 6 7 8 9"
RDMA = "rdma 0 1 2 3 4 5 6 7 8 9 " + "0 " * 18
BACKWARDS = 2**64 - 5


def mount(point: str, transport: str, *, type_: str = "nfs4", queued: int = 0) -> str:
    return HEAD.format(point, type_) + BODY.format(transport, queued)


OTHER = "device proc mounted on /proc with fstype proc\n"
MOUNTINFO = (
    "1 0 0:1 / /proc rw - proc proc rw\n"
    "2 1 0:9 / /mnt/a rw,relatime shared:1 - nfs4 server:/data rw,vers=4.1,addr=10.0.0.1\n"
    "3 1 0:9 / /mnt/b rw,relatime - nfs4 server:/data rw,mountaddr=10.9.9.9\n"
)
FLAG = "--collector.mountstats"


def collected(write: Write, collect: Collect, text: str) -> dict[str, float]:
    files = {"proc/self/mountstats": text, "proc/self/mountinfo": MOUNTINFO}
    return collect(SPECIFICATION, write(files), FLAG)


def test_a_mount(write: Write, collect: Collect) -> None:
    found = collected(write, collect, OTHER + mount("a", TCP))
    labels = 'export="server:/data",protocol="tcp",mountaddr="10.0.0.1"'

    def value(name: str, more: str = "") -> float:
        return found[f"node_mountstats_nfs_{name}{{{labels}{more}}}"]

    assert value("mountpoint_info", ',mountpoint="/mnt/a"') == 1
    assert value("age_seconds_total") == 100
    names = ("read_bytes", "write_bytes", "direct_read_bytes", "direct_write_bytes")
    assert [value(f"{name}_total") for name in names] == [101, 102, 103, 104]
    names = ("total_read_bytes", "total_write_bytes", "read_pages", "write_pages")
    assert [value(f"{name}_total") for name in names] == [105, 106, 107, 108]
    assert value("event_inode_revalidate_total") == 1
    assert value("event_vfs_file_release_total") == 18
    # Waits for congestion, 999, are not shown.
    assert value("event_truncation_total") == 20
    assert value("event_pnfs_write_total") == 27
    operations = [
        *("requests", "transmissions", "major_timeouts", "sent_bytes", "received_bytes"),
        *("queue_time_seconds", "response_time_seconds", "request_time_seconds"),
    ]
    read = [value(f"operations_{name}_total", ',operation="READ"') for name in operations]
    assert read == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            TCP,
            {
                "bind_total": 1,
                "connect_total": 2,
                "idle_time_seconds": 4,
                "sends_total": 5,
                "receives_total": 6,
                "bad_transaction_ids_total": 7,
                "backlog_queue_total": 9,
                "maximum_rpc_slots": 10,
                "sending_queue_total": 11,
                "pending_queue_total": 12,
            },
        ),
        (
            UDP,
            {
                "bind_total": 1,
                "sends_total": 2,
                "receives_total": 3,
                "bad_transaction_ids_total": 4,
                "backlog_queue_total": 6,
                "maximum_rpc_slots": 7,
                "sending_queue_total": 8,
                "pending_queue_total": 9,
            },
        ),
        (
            RDMA,
            {
                "bind_total": 1,
                "connect_total": 2,
                "idle_time_seconds": 4,
                "sends_total": 5,
                "receives_total": 6,
                "bad_transaction_ids_total": 7,
                "backlog_queue_total": 9,
            },
        ),
        # Version 1.0 of the statistics has no slots.
        (
            TCP.removesuffix(" 10 11 12"),
            {
                "bind_total": 1,
                "connect_total": 2,
                "idle_time_seconds": 4,
                "sends_total": 5,
                "receives_total": 6,
                "bad_transaction_ids_total": 7,
                "backlog_queue_total": 9,
            },
        ),
        ("carrier-pigeon 1 2 3", {}),
    ],
)
def test_transports(line: str, expected: dict[str, float], write: Write, collect: Collect) -> None:
    found = collected(write, collect, mount("a", line))
    start = "node_mountstats_nfs_transport_"
    shown = {
        name.removeprefix(start).partition("{")[0]: value
        for name, value in found.items()
        if name.startswith(start)
    }
    assert shown == expected


def test_several_transports(write: Write, collect: Collect) -> None:
    found = collected(write, collect, mount("a", f"{TCP}\n\txprt:\t{TCP}"))
    binds = [name for name in found if "transport_bind_total" in name]
    assert [name[-14:] for name in binds] == ['transport="0"}', 'transport="1"}']
    assert len([name for name in found if "age_seconds" in name]) == 1


def test_one_export_at_two_points_is_counted_once(write: Write, collect: Collect) -> None:
    info = MOUNTINFO.replace("mountaddr=10.9.9.9", "addr=10.0.0.1")
    text = mount("a", TCP) + mount("b", TCP)
    files = {"proc/self/mountstats": text, "proc/self/mountinfo": info}
    found = collect(SPECIFICATION, write(files), FLAG)
    assert len([name for name in found if "mountpoint_info" in name]) == 2
    assert len([name for name in found if "age_seconds" in name]) == 1


def test_an_address_that_is_not_told(write: Write, collect: Collect) -> None:
    found = collected(write, collect, mount("b", UDP, type_="nfs"))
    assert 'mountaddr=""' in next(iter(found))


def test_a_clock_that_was_set_back(write: Write, collect: Collect) -> None:
    found = collected(write, collect, mount("a", TCP, queued=BACKWARDS))
    (name,) = (n for n in found if "queue_time" in n and "WRITE" in n)
    assert found[name] == pytest.approx((BACKWARDS % 2**53) / 1000)


def test_the_first_process_is_asked_first(write: Write, collect: Collect) -> None:
    files = {
        "proc/1/mountstats": mount("a", TCP),
        "proc/1/mountinfo": MOUNTINFO,
        "proc/self/mountstats": OTHER,
        "proc/self/mountinfo": "",
    }
    assert len(collect(SPECIFICATION, write(files), FLAG)) > 50


def test_this_machines_mounts() -> None:
    assert isinstance(parse(Path("/proc/self/mountstats").read_bytes()), list)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("device a mounted at /b", "expected a mount"),
        (mount("a", "tcp 1 2"), "xprt: expected more numbers"),
        (mount("a", TCP + " x"), "xprt: expected an unsigned number"),
        (mount("a", TCP).replace("bytes:\t101", "bytes:"), "bytes: expected 8 numbers"),
        (mount("a", TCP).replace("events:\t1", "events:\t-1"), "events: expected an unsigned"),
        (mount("a", TCP).replace("READ: 1 2 3 4", "READ:"), "READ: expected 8 numbers"),
        (mount("a", TCP).replace("age:\t100", "age:"), "age: expected 1 numbers"),
    ],
)
def test_what_is_not_understood(text: str, message: str) -> None:
    with pytest.raises(CollectorError, match=message):
        samples(text.encode(), MOUNTINFO.encode())


@given(st.integers(0, 1200), st.binary(max_size=20))
def test_any_damage_is_told_or_borne(place: int, damage: bytes) -> None:
    text = mount("a", TCP).encode()
    try:
        samples(text[:place] + damage + text[place + len(damage) :], damage)
    except CollectorError as error:
        assert "/proc/self/mountstats" in str(error)
