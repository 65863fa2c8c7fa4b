"""Fibre Channel, InfiniBand and the kernel's load balancer, over small trees."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError
from exporter.collectors import fibrechannel, ipvs
from exporter.collectors.infiniband import collector as infiniband
from perfanalysis.errors import InputError
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect


def test_fibrechannel(write: Write, collect: Collect) -> None:
    folder = "class/fc_host/host1"
    tree = write(
        {
            f"{folder}/speed": "16 Gbit\n",
            f"{folder}/port_name": "0x1000e0071bce95f2\n",
            f"{folder}/statistics/rx_frames": "0x13\n",
            f"{folder}/statistics/tx_frames": "0xffffffffffffffff\n",
            f"{folder}/statistics/nos_count": "18\n",
        }
    )
    samples = collect(fibrechannel.SPECIFICATION, tree)
    info = next(series for series in samples if series.startswith("node_fibrechannel_info"))
    assert 'fc_host="host1",speed="16 Gbit"' in info
    assert 'port_name="1000e0071bce95f2"' in info
    assert samples['node_fibrechannel_rx_frames_total{fc_host="host1"}'] == 19
    assert samples['node_fibrechannel_nos_total{fc_host="host1"}'] == 18
    assert not any("tx_frames" in series for series in samples)


PORT = "class/infiniband/mlx5_0/ports/1"
PORT_FILES = {
    "class/infiniband/mlx5_0/fw_ver": "20.1\n",
    f"{PORT}/state": "4: ACTIVE\n",
    f"{PORT}/phys_state": "5: LinkUp\n",
    f"{PORT}/rate": "2.5 Gb/sec (1X SDR)\n",
    f"{PORT}/counters/port_rcv_data": "10\n",
    f"{PORT}/counters/port_xmit_wait": "N/A (no PMA)\n",
    f"{PORT}/hw_counters/out_of_buffer": "3\n",
    f"{PORT}/hw_counters/lifespan": "10\n",
}


def test_infiniband(write: Write, collect: Collect) -> None:
    of = 'device="mlx5_0",port="1"'
    assert collect(infiniband.SPECIFICATION, write(PORT_FILES)) == {
        'node_infiniband_info{device="mlx5_0",board_id="",firmware_version="20.1",hca_type=""}': 1,
        f"node_infiniband_state_id{{{of}}}": 4,
        f"node_infiniband_physical_state_id{{{of}}}": 5,
        f"node_infiniband_rate_bytes_per_second{{{of}}}": 312_500_000,
        f"node_infiniband_port_data_received_bytes_total{{{of}}}": 40,
        f"node_infiniband_out_of_buffer_drops_total{{{of}}}": 3,
        f"node_infiniband_lifespan_seconds{{{of}}}": 0.01,
    }


def test_infiniband_devices_are_filtered(write: Write, collect: Collect) -> None:
    flag = "--collector.infiniband.device-exclude=^mlx5"
    assert collect(infiniband.SPECIFICATION, write(PORT_FILES), flag) == {}


@pytest.mark.parametrize(
    ("name", "text"), [("state", "ACTIVE"), ("rate", "fast"), ("counters/link_downed", "-1")]
)
def test_infiniband_refused(name: str, text: str, write: Write, collect: Collect) -> None:
    with pytest.raises(CollectorError, match="ports/1"):
        collect(infiniband.SPECIFICATION, write({**PORT_FILES, f"{PORT}/{name}": text}))


STATS = (
    "   Total Incoming Outgoing         Incoming         Outgoing\n"
    "   Conns  Packets  Packets            Bytes            Bytes\n"
    " 16AA370 E33656E5        0     51D8C8883AB3               10\n\n"
    " Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n"
    "       4     1FB3        0          1282A8F                0\n"
)
TABLE = """IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A80016:0CEA wlc
  -> C0A85216:0CEA      Tunnel  100    248        2
  -> C0A85318:0CEA      Tunnel  100    248        3
TCP  [2001:0DB8:0000:0000:0000:0000:0000:0001]:0CEA wlc
  -> [2001:0DB8:0000:0000:0000:0000:0000:0002]:0CEA Tunnel 0 1 2
FWM  10001000 wlc
  -> C0A8321A:0CEA      Route   20     64         1
"""
FILES = {"proc/net/ip_vs_stats": STATS, "proc/net/ip_vs": TABLE}


def test_ipvs(write: Write, collect: Collect) -> None:
    samples = collect(ipvs.SPECIFICATION, write(FILES))
    assert samples["node_ipvs_connections_total"] == 0x16AA370
    assert samples["node_ipvs_incoming_packets_total"] == 0xE33656E5
    assert samples["node_ipvs_outgoing_bytes_total"] == 16
    first = (
        'local_address="192.168.0.22",local_port="3306",remote_address="192.168.82.22",'
        'remote_port="3306",proto="TCP",local_mark=""'
    )
    assert samples[f"node_ipvs_backend_connections_active{{{first}}}"] == 248
    assert samples[f"node_ipvs_backend_connections_inactive{{{first}}}"] == 2
    assert samples[f"node_ipvs_backend_weight{{{first}}}"] == 100
    assert any('local_address="2001:db8::1"' in series for series in samples)
    marked = 'local_address="",local_port="0",remote_address="192.168.50.26",remote_port="3306"'
    assert samples[f'node_ipvs_backend_weight{{{marked},proto="FWM",local_mark="10001000"}}'] == 20


def test_ipvs_sums_what_has_the_same_labels(write: Write, collect: Collect) -> None:
    flag = "--collector.ipvs.backend-labels=proto,local_port"
    samples = collect(ipvs.SPECIFICATION, write(FILES), flag)
    of = 'local_port="3306",proto="TCP"'
    assert samples[f"node_ipvs_backend_connections_active{{{of}}}"] == 248 + 248 + 1
    bare = collect(ipvs.SPECIFICATION, write(FILES), "--collector.ipvs.backend-labels=")
    assert bare["node_ipvs_backend_weight"] == 220


def test_ipvs_labels_that_there_are_not(write: Write, collect: Collect) -> None:
    with pytest.raises(InputError, match=r"ipvs\.backend-labels"):
        collect(ipvs.SPECIFICATION, write(FILES), "--collector.ipvs.backend-labels=port")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ip_vs_stats", ""),
        ("ip_vs_stats", "\n\n 1 2 3 4\n"),
        ("ip_vs", "TCP C0A8:1\n"),
        ("ip_vs", TABLE + "  -> C0A8321A:0CEA Route 20 many 1\n"),
        ("ip_vs", "  -> C0A8321A:0CEA Route 20 1 1\n"),
    ],
)
def test_ipvs_refused(name: str, text: str, write: Write, collect: Collect) -> None:
    with pytest.raises(CollectorError, match=f"/proc/net/{name}"):
        collect(ipvs.SPECIFICATION, write({**FILES, f"proc/net/{name}": text}))
