"""Bytes and operations of a machine's disks and interfaces, each counted once. Pure.

The exporter says which have hardware of their own (``perf_disk_physical``,
``perf_network_physical``). Of recordings that do not say it, names do: what is made of other
devices, and partitions, pass one of those.
"""

from __future__ import annotations

import re

import numpy as np

from perfanalysis.exposition.families import SeriesIdentity
from perfanalysis.recordings.recording import Floats, Recording
from workload.counters import differences, sum_of_known

_DISKS = re.compile(r"(loop|ram|zram|sr|fd|dm-|md|bcache|drbd|zd).*")
_PARTITION = re.compile(r"(?P<disk>(h|s|v|xv)d[a-z]+|(nvme[0-9]+n[0-9]+|mmcblk[0-9]+)p)[0-9]+")
_INTERFACES = re.compile(
    r"(lo|(bond|team|vlan|veth|docker|podman|br-|bridge|cni|flannel|cali|cilium|lxc|kube-|nodelocaldns"
    r"|vxlan|geneve|genev_sys|ovs-|tunl|gre|sit|virbr|vnet|ifb|dummy|tap|tun|wg|macv|ipvl|vrf).*"
    r"|br[0-9]+|.+[.][0-9]+)"
)


def disk_rates(recording: Recording, name: str) -> Floats:
    """A counter's rate over the disks that count, (intervals,); NaN where nothing is known."""
    devices = {_device(series) for series in recording.of(name)}
    partitions = {one for one in devices if _disk_of(one) in devices}
    virtual = {one for one in devices if _DISKS.fullmatch(one)} | partitions
    return _rates(recording, name, "perf_disk_physical", virtual)


def interface_rates(recording: Recording, name: str) -> Floats:
    """A counter's rate over the physical interfaces; as of ``disk_rates``."""
    devices = {_device(series) for series in recording.of(name)}
    bonds = recording.of("node_bonding_slaves")
    virtual = {one for one in devices if _INTERFACES.fullmatch(one)}
    virtual |= {dict(series.labels).get("master", "") for series in bonds}
    return _rates(recording, name, "perf_network_physical", virtual)


def _rates(recording: Recording, name: str, told: str, virtual: set[str]) -> Floats:
    physical = {
        _device(series)
        for series, column in recording.of(told).items()
        if np.nan_to_num(column).max(initial=0.0) > 0
    }
    rises = [
        differences(recording, column)
        for series, column in recording.of(name).items()
        if (_device(series) in physical if physical else _device(series) not in virtual)
    ]
    return sum_of_known(rises, len(recording.times) - 1) / np.diff(recording.times)


def _disk_of(device: str) -> str:
    found = _PARTITION.fullmatch(device)
    return found["disk"].removesuffix("p") if found else ""


def _device(series: SeriesIdentity) -> str:
    return dict(series.labels).get("device", "")
