"""The counters of NFS, by literal files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors import nfs, nfsd
from exporter.sources.rpc import parse
from tests.exporter.conftest import Collect

CLIENT = "net 70 60 10 45\nrpc 1218 37 1219\nproc2 2 16 57\nproc4 3 9 8 7\n"
SERVER = (
    "rc 0 6 18622\nfh 1 0 0 0 0\nio 157286400 72864\nth 8 0 0.000 0.000\n"
    "ra 32 0 0 0 0 0 0 0 0 0 0 3\nnet 972 55 917 1\nrpc 18628 3 1 2 0\n"
    "proc3 3 2 112 7\nproc4ops 5 0 0 0 1098 2\nwdeleg_getattr 15\n"
)


def tree_with(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / "proc" / "net" / "rpc" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return tmp_path


def test_client(tmp_path: Path, collect: Collect) -> None:
    assert collect(nfs.SPECIFICATION, tree_with(tmp_path, "nfs", CLIENT)) == {
        'node_nfs_packets_total{protocol="udp"}': 60,
        'node_nfs_packets_total{protocol="tcp"}': 10,
        "node_nfs_connections_total": 45,
        "node_nfs_rpcs_total": 1218,
        "node_nfs_rpc_retransmissions_total": 37,
        "node_nfs_rpc_authentication_refreshes_total": 1219,
        'node_nfs_requests_total{proto="2",method="Null"}': 16,
        'node_nfs_requests_total{proto="2",method="GetAttr"}': 57,
        'node_nfs_requests_total{proto="4",method="Null"}': 9,
        'node_nfs_requests_total{proto="4",method="Read"}': 8,
        'node_nfs_requests_total{proto="4",method="Write"}': 7,
    }


def test_server(tmp_path: Path, collect: Collect) -> None:
    samples = collect(nfsd.SPECIFICATION, tree_with(tmp_path, "nfsd", SERVER))
    for name, value in {
        "reply_cache_nocache_total": 18622,
        "file_handles_stale_total": 1,
        "disk_bytes_written_total": 72864,
        "server_threads": 8,
        "read_ahead_cache_not_found_total": 3,
        'packets_total{proto="tcp"}': 917,
        'rpc_errors_total{error="auth"}': 2,
        'requests_total{proto="3",method="GetAttr"}': 112,
        'requests_total{proto="4",method="Access"}': 1098,
        'requests_total{proto="4",method="WdelegGetattr"}': 15,
    }.items():
        assert samples[f"node_nfsd_{name}"] == value
    assert not any("Null" in series for series in samples)


@pytest.mark.parametrize("text", ["", "net\n", "net 1 2\n", "proc2 3 1\n", "rpc 1 -2 3\n"])
def test_refused(text: str, tmp_path: Path, collect: Collect) -> None:
    with pytest.raises(CollectorError, match="/proc/net/rpc/nfs"):
        collect(nfs.SPECIFICATION, tree_with(tmp_path, "nfs", text))


@given(
    data=st.one_of(
        st.binary(),
        st.from_regex(rb"((net|rpc|proc[234]|proc4ops|th) [0-9 .-]*\n)*", fullmatch=True),
    )
)
def test_any_bytes(data: bytes) -> None:
    for samples in (nfs.samples, nfsd.samples):
        try:
            samples(parse(data, "/proc/net/rpc/nfs"))
        except CollectorError as error:
            assert "/proc/net/rpc/nfs" in str(error)
