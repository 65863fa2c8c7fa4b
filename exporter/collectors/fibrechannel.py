"""Fibre Channel hosts, from /sys/class/fc_host (kernel: drivers/scsi/scsi_transport_fc.c)."""

from __future__ import annotations

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import counter_of
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/fc_host"
# The labels of the info beside the host's name, which are the attributes' names.
TEXTS = (
    "speed",
    "port_state",
    "port_type",
    "port_id",
    "port_name",
    "fabric_name",
    "symbolic_name",
    "supported_classes",
    "supported_speeds",
    "dev_loss_tmo",
)
# Their ``0x`` is not shown.
_NUMBERS_IN_TEXTS = frozenset({"port_id", "port_name", "fabric_name"})
INFO = Family(
    "node_fibrechannel_info",
    "gauge",
    "Non-numeric data from /sys/class/fc_host/<host>, value is always 1.",
    ("fc_host", *TEXTS),
    source=f"/sys/{FOLDER}",
)


def _counter(name: str, text: str) -> Family:
    return Family(
        f"node_fibrechannel_{name}_total",
        "counter",
        text,
        ("fc_host",),
        source=f"/sys/{FOLDER}/<host>/statistics",
    )


# By the attribute's name.
COUNTERS = {
    "dumped_frames": _counter("dumped_frames", "Number of dumped frames"),
    "error_frames": _counter("error_frames", "Number of errors in frames"),
    "invalid_crc_count": _counter("invalid_crc", "Invalid Cyclic Redundancy Check count"),
    "rx_frames": _counter("rx_frames", "Number of frames received"),
    "rx_words": _counter("rx_words", "Number of words received by host port"),
    "tx_frames": _counter("tx_frames", "Number of frames transmitted by host port"),
    "tx_words": _counter("tx_words", "Number of words transmitted by host port"),
    "seconds_since_last_reset": _counter(
        "seconds_since_last_reset", "Number of seconds since last host port reset"
    ),
    "invalid_tx_word_count": _counter(
        "invalid_tx_words", "Number of invalid words transmitted by host port"
    ),
    "link_failure_count": _counter("link_failure", "Number of times the host port link has failed"),
    "loss_of_sync_count": _counter(
        "loss_of_sync", "Number of failures on either bit or transmission word boundaries"
    ),
    "loss_of_signal_count": _counter("loss_of_signal", "Number of times signal has been lost"),
    "nos_count": _counter("nos", "Number Not_Operational Primitive Sequence received by host port"),
    "fcp_packet_aborts": _counter("fcp_packet_aborts", "Number of aborted packets"),
}
# The driver's way to say that it does not count this.
_NOT_COUNTED = 2**64 - 1

# A host's name, its texts in the order of ``TEXTS``, its counters as they stand there.
Host = tuple[str, tuple[str, ...], tuple[bytes | None, ...]]


def samples(hosts: list[Host]) -> list[tuple[Series, bytes]]:
    """The series of these hosts.

    Raises:
        CollectorError: a counter is no number.
    """
    pairs = []
    for name, texts, counters in hosts:
        shown = [
            text[2:] if key in _NUMBERS_IN_TEXTS and len(text) > 2 else text
            for key, text in zip(TEXTS, texts, strict=True)
        ]
        pairs.append((Series(INFO, (name, *shown)), b"1"))
        for (attribute, family), data in zip(COUNTERS.items(), counters, strict=True):
            if data is not None:
                number = counter_of(data, f"/sys/{FOLDER}/{name}/statistics/{attribute}")
                if number != _NOT_COUNTED:
                    pairs.append((Series(family, (name,)), b"%d" % number))
    return pairs


class FibrechannelCollector:
    """``node_fibrechannel_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        read = self._attributes
        names = read.present(self._folder)
        hosts: list[Host] = []
        for name in names:
            folder = f"{self._folder}/{name}"
            texts = tuple(read.text(f"{folder}/{attribute}") for attribute in TEXTS)
            counters = tuple(
                read.read(f"{folder}/statistics/{attribute}") for attribute in COUNTERS
            )
            hosts.append((name, texts, counters))
        return [self._series.block(hosts)]


SPECIFICATION = CollectorSpecification(
    "fibrechannel", (INFO, *COUNTERS.values()), FibrechannelCollector
)
