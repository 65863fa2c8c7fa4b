"""Queues of interfaces: messages as the kernel makes them, and this machine's."""

from __future__ import annotations

import struct

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.qdisc import Queue, parse, samples
from exporter.sources.netlink import Message
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.netlink_messages import queue, with_attributes
from tests.exporter.conftest import samples_of, scraper_of

ROOT = 0xFFFFFFFF
BASIC = struct.pack("=QI", 2**40, 7)
QUEUED = struct.pack("=5I", 1, 2, 3, 4, 5)
NUMBERS = {
    "bytes": 2**40,
    "packets": 7,
    "length": 1,
    "backlog": 2,
    "drops": 3,
    "requeues": 4,
    "overlimits": 5,
}
FLAGS = ("--collector.disable-defaults", "--collector.qdisc")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            queue(2, ROOT, {1: b"fq\0", 7: with_attributes({1: BASIC, 3: QUEUED})}),
            Queue(2, "fq", NUMBERS),
        ),
        (
            queue(2, 0, {1: b"mq\0", 7: with_attributes({1: BASIC, 8: struct.pack("=Q", 2**33)})}),
            Queue(2, "mq", {"bytes": 2**40, "packets": 2**33}),
        ),
        (queue(3, ROOT, {1: b"noqueue\0"}), Queue(3, "noqueue", {})),
        # A queue below another one, and the one of what comes in.
        (queue(2, 0x10001, {1: b"fq\0"}), None),
        (queue(2, 0xFFFFFFF1, {1: b"clsact\0"}), None),
        (Message(16, b""), None),
    ],
)
def test_queues(message: Message, expected: Queue | None) -> None:
    assert parse(message) == expected


@pytest.mark.parametrize(
    "message",
    [Message(36, b"short"), queue(2, ROOT, {7: with_attributes({3: QUEUED[:9]})})],
)
def test_broken_queues(message: Message) -> None:
    with pytest.raises(CollectorError, match="rtnetlink"):
        parse(message)


def test_only_wanted_interfaces_are_shown() -> None:
    queues = [Queue(2, "fq", {"drops": 3}), Queue(5, "fq", {"drops": 4})]
    names = {2: "eth0", 5: "wlan0"}
    found = samples(queues, names, lambda device: device != "wlan0")
    assert [(series.family.name, series.labels, value) for series, value in found] == [
        ("node_qdisc_drops_total", ("eth0", "fq"), b"3")
    ]


def test_this_machines_queues() -> None:
    found = samples_of(scraper_of(*FLAGS).scrape(TEXT))
    assert found['node_scrape_collector_success{collector="qdisc"}'] == 1
    none = samples_of(scraper_of(*FLAGS, "--collector.qdisc.device-exclude=.").scrape(TEXT))
    assert not any(name.startswith("node_qdisc_") for name in none)


def test_flags_that_exclude_each_other() -> None:
    with pytest.raises(InputError, match="not to be given together"):
        scraper_of(
            *FLAGS, "--collector.qdisc.device-exclude=a", "--collector.qdisc.device-include=b"
        )
