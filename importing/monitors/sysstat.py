"""sysstat: what ``sadf -j`` writes of sar's files.

The JSON has no version, so each value is known by its name. Sources: json_stats.c of 11.0 and
CHANGES up to 12.6.1 (https://github.com/sysstat/sysstat), and what 12.6.1 writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.file import LocalClock, MonitorFile, moment_of, number
from importing.monitors.sysstat_memory import memory
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series

NAME = "sadf -j"
EXPECTED = "what `sadf -j` writes: an object sysstat with one host and its statistics"
# Modes of a CPU by sar's words; the long words stand where interrupts count as system.
_MODES = {
    "user": "user",
    "usr": "user",
    "guest": "user",
    "nice": "nice",
    "gnice": "nice",
    "system": "system",
    "sys": "system",
    "irq": "irq",
    "soft": "softirq",
    "iowait": "iowait",
    "steal": "steal",
    "idle": "idle",
}
# /proc/stat counts guests in user and nice; sar's usr and nice leave them out.
_GUESTS = {"guest": "user", "gnice": "nice"}
_PAGING = {
    "pgpgin": "pgpgin",
    "pgpgout": "pgpgout",
    "fault": "pgfault",
    "majflt": "pgmajfault",
    "pgfree": "pgfree",
    "pgscank": "pgscan_kswapd",
    "pgscand": "pgscan_direct",
}
_INTERFACE = {
    "rxpck": ("receive_packets", 1),
    "txpck": ("transmit_packets", 1),
    "rxkB": ("receive_bytes", names.KIB),
    "txkB": ("transmit_bytes", names.KIB),
    "rxcmp": ("receive_compressed", 1),
    "txcmp": ("transmit_compressed", 1),
    "rxmcst": ("receive_multicast", 1),
    "rxerr": ("receive_errs", 1),
    "txerr": ("transmit_errs", 1),
    "coll": ("transmit_colls", 1),
    "rxdrop": ("receive_drop", 1),
    "txdrop": ("transmit_drop", 1),
    "txcarr": ("transmit_carrier", 1),
    "rxfram": ("receive_frame", 1),
    "rxfifo": ("receive_fifo", 1),
    "txfifo": ("transmit_fifo", 1),
}
# By the family: sectors, where a version tells them, have more digits than kB.
_DISK_BYTES = {"read_bytes_total": ("rd_sec", "rkB"), "written_bytes_total": ("wr_sec", "wkB")}
_PRESSURE = {
    ("psi-cpu", "some_avg"): "cpu_waiting",
    ("psi-io", "some_avg"): "io_waiting",
    ("psi-io", "full_avg"): "io_stalled",
    ("psi-mem", "some_avg"): "memory_waiting",
    ("psi-mem", "full_avg"): "memory_stalled",
}
_LOADS = {"ldavg-1": "1", "ldavg-5": "5", "ldavg-15": "15"}


class _Host(msgspec.Struct, rename="kebab"):
    number_of_cpus: int = 0
    statistics: list[msgspec.Raw] = []


class _Sysstat(msgspec.Struct):
    hosts: list[_Host]


class _Document(msgspec.Struct):
    sysstat: _Sysstat


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it is no such file, is cut off, or tells nothing; or its times are local, and no
            time zone was given.
    """
    host = _host(file)
    clock = LocalClock(file.hints)
    found = False
    for i, raw in enumerate(host.statistics):
        place = f"statistics[{i}]"
        file.reached((i + 1) / len(host.statistics))
        record = msgspec.json.decode(raw)
        if record == {}:
            # What ``sadf -e`` ends with (12.6.1).
            continue
        try:
            moment, seconds = _when(record, file.at(place))
        except InputError as error:
            file.leave_out(error)
            continue
        time = clock.seconds(moment, file.at(place), "timestamp")
        interval = ToldInterval(time, place, seconds)
        try:
            _tell(record, interval, file.cpus or host.number_of_cpus, file.at(place))
        except InputError as error:
            file.leave_out(error)
            continue
        if not interval.empty:
            found = True
            yield interval
    if not found:
        expected = "statistics of CPU, memory, paging, disks or network (such as `sadf -j -- -A`)"
        raise file.nothing(expected)


def _host(file: MonitorFile) -> _Host:
    data = file.whole()
    try:
        hosts = msgspec.json.decode(data, type=_Document).sysstat.hosts
    except msgspec.DecodeError as error:
        # Where it breaks off, by line; else what is not of the shape.
        file.document(data, EXPECTED)
        raise InputError(str(file.path), "", f"{EXPECTED} ({error})") from error
    if len(hosts) != 1:
        raise InputError(str(file.path), "sysstat.hosts", "one host", len(hosts))
    return hosts[0]


def _when(record: Any, where: str) -> tuple[datetime, float]:
    """The end of a record's interval, and its seconds."""
    stamp = record.get("timestamp") if isinstance(record, dict) else None
    if not isinstance(stamp, dict):
        raise InputError(where, "timestamp", "an object with date, time and interval", stamp)
    text = f"{stamp.get('date')} {stamp.get('time')}"
    moment = moment_of(text, where, "timestamp")
    # "utc" up to 12.6, "tz" from 12.7.2 on.
    if stamp.get("utc") == 1 or stamp.get("tz") == "UTC":
        moment = moment.replace(tzinfo=UTC)
    seconds = number(stamp.get("interval"), where, "timestamp.interval")
    if not seconds:
        raise InputError(where, "timestamp.interval", "seconds above 0", 0)
    return moment, seconds


def _tell(record: dict[str, Any], interval: ToldInterval, cpus: int, where: str) -> None:
    rates = interval.rates
    rates.update(_cpus(record, cpus, where))
    rates.update(_single_rates(record, where))
    rates.update(_disks(record, where))
    rates.update(_interfaces(record, where))
    for (activity, word), name in _PRESSURE.items():
        told = _objects(record, "psi", where).get(activity)
        if isinstance(told, dict) and word in told:
            share = number(told[word], where, f"psi.{activity}.{word}") / 100
            rates[names.stalled(name)] = share
    values = interval.values
    values.update(memory(_objects(record, "memory", where), where))
    queue = _objects(record, "queue", where)
    for word, minutes in _LOADS.items():
        if word in queue:
            values[names.load(minutes)] = number(queue[word], where, f"queue.{word}")
    if "blocked" in queue:
        values[names.BLOCKED] = number(queue["blocked"], where, "queue.blocked")


def _cpus(record: dict[str, Any], cpus: int, where: str) -> dict[Series, float]:
    """CPU seconds a second; an offline CPU, which has 0 of everything, is left out."""
    # 11.0 calls what is now cpu-load with all modes cpu-load-all.
    key = "cpu-load" if "cpu-load" in record else "cpu-load-all"
    of_cpu: dict[str, dict[str, float]] = {}
    guests: dict[Series, float] = {}
    for i, row in enumerate(_rows(record, key, where)):
        modes: dict[str, float] = {}
        identity = str(row.get("cpu"))
        for word, mode in _MODES.items():
            if word not in row:
                continue
            share = number(row[word], where, f"{key}[{i}].{word}") / 100
            modes[mode] = modes.get(mode, 0.0) + share
            if word in _GUESTS and identity != names.ALL:
                guests[names.guest_seconds(identity, _GUESTS[word])] = share
        if any(modes.values()):
            of_cpu[identity] = modes
    return names.shares(of_cpu, cpus) | guests


def _single_rates(record: dict[str, Any], where: str) -> Iterator[tuple[Series, float]]:
    tasks = _objects(record, "process-and-context-switch", where)
    words = (("proc", names.FORKS), ("cswch", names.CONTEXT_SWITCHES))
    yield from _told(tasks, words, "process-and-context-switch", where)
    for i, row in enumerate(_rows(record, "interrupts", where)):
        if row.get("intr") == "sum":
            # By CPU, and "all", since 12.5.6.
            word = "all" if "all" in row else "value"
            yield names.INTERRUPTS, number(row.get(word), where, f"interrupts[{i}].{word}")
    swaps = [(word, names.paging(word)) for word in ("pswpin", "pswpout")]
    yield from _told(_objects(record, "swap-pages", where), swaps, "swap-pages", where)
    pages = [(word, names.paging(name)) for word, name in _PAGING.items()]
    yield from _told(_objects(record, "paging", where), pages, "paging", where)


def _told(
    row: dict[str, Any], words: Iterable[tuple[str, Series]], key: str, where: str
) -> Iterator[tuple[Series, float]]:
    for word, series in words:
        if word in row:
            yield series, number(row[word], where, f"{key}.{word}")


def _disks(record: dict[str, Any], where: str) -> dict[Series, float]:
    """Rates of disks; reads and writes are told by sar of all together only (``-b``)."""
    rates: dict[Series, float] = {}
    rows = _rows(record, "disk", where)
    for i, row in enumerate(rows):
        device = str(row.get("disk-device"))
        if not names.shows_disk(device):
            continue
        place = f"disk[{i}]"
        for name, (sectors, kib) in _DISK_BYTES.items():
            word = sectors if sectors in row else kib
            unit = names.SECTOR_BYTES if word == sectors else names.KIB
            rates[names.disk(name, device)] = number(row.get(word), where, f"{place}.{word}") * unit
        if "util-percent" in row:
            share = number(row["util-percent"], where, f"{place}.util-percent") / 100
            rates[names.disk("io_time_seconds_total", device)] = share
        queue = "avgqu-sz" if "avgqu-sz" in row else "aqu-sz"
        if queue in row:
            waiting = number(row[queue], where, f"{place}.{queue}")
            rates[names.disk("io_time_weighted_seconds_total", device)] = waiting
    io = _objects(record, "io", where)
    for key, operations, blocks, done, moved in (
        ("io-reads", "rtps", "bread", "reads_completed_total", "read_bytes_total"),
        ("io-writes", "wtps", "bwrtn", "writes_completed_total", "written_bytes_total"),
    ):
        row = io.get(key, {})
        if operations in row:
            told = number(row[operations], where, f"io.{key}.{operations}")
            rates[names.disk(done, names.ALL)] = told
        if blocks in row and not rows:
            told = number(row[blocks], where, f"io.{key}.{blocks}")
            rates[names.disk(moved, names.ALL)] = told * names.SECTOR_BYTES
    return rates


def _interfaces(record: dict[str, Any], where: str) -> Iterator[tuple[Series, float]]:
    network = _objects(record, "network", where)
    for key in ("net-dev", "net-edev"):
        for i, row in enumerate(_rows(network, key, where)):
            for word, (name, unit) in _INTERFACE.items():
                if word in row:
                    value = number(row[word], where, f"network.{key}[{i}].{word}") * unit
                    yield names.network(name, str(row.get("iface"))), value


def _objects(record: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    found = record.get(key, {})
    if not isinstance(found, dict):
        raise InputError(where, key, "an object", found)
    return found


def _rows(record: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    found = record.get(key, [])
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise InputError(where, key, "a list of objects", found)
    return found
