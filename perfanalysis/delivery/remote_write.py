"""Prometheus remote write 1.0: series to the body of one request.

The format is prometheus.WriteRequest (prompb/remote.proto and types.proto of Prometheus), in
protobuf, compressed by snappy's block format. The messages are described here as protobuf's own
descriptors, so that the protobuf runtime does the encoding and no generated code is kept.
One request holds one sample of a series: a receiver then takes a repeated request for what it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import cramjam
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CONTENT_TYPE = "application/x-protobuf"
# The NaN by which Prometheus knows that a series has ended (model/value/value.go).
STALE: float = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]

_FIELD = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "perfanalysis.prometheus"
# message: (field, number, type, message of the field)
_MESSAGES: dict[str, tuple[tuple[str, int, int, str], ...]] = {
    "Label": (("name", 1, _FIELD.TYPE_STRING, ""), ("value", 2, _FIELD.TYPE_STRING, "")),
    "Sample": (("value", 1, _FIELD.TYPE_DOUBLE, ""), ("timestamp", 2, _FIELD.TYPE_INT64, "")),
    "TimeSeries": (
        ("labels", 1, _FIELD.TYPE_MESSAGE, "Label"),
        ("samples", 2, _FIELD.TYPE_MESSAGE, "Sample"),
    ),
    "MetricMetadata": (
        # An enumeration in types.proto; on the wire they are the same.
        ("type", 1, _FIELD.TYPE_INT32, ""),
        ("metric_family_name", 2, _FIELD.TYPE_STRING, ""),
        ("help", 4, _FIELD.TYPE_STRING, ""),
    ),
    "WriteRequest": (
        ("timeseries", 1, _FIELD.TYPE_MESSAGE, "TimeSeries"),
        ("metadata", 3, _FIELD.TYPE_MESSAGE, "MetricMetadata"),
    ),
}
_TYPES = {"counter": 1, "gauge": 2, "histogram": 3, "summary": 5}


class TimedSample(NamedTuple):
    """One sample of a series; ``labels`` without the name, ``timestamp`` in seconds since 1970."""

    name: str
    labels: Mapping[str, str]
    value: float
    timestamp: float


class Metadata(NamedTuple):
    """What a family is; a type that the format does not have counts as unknown."""

    name: str
    type: str
    help: str


def _describe() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="perfanalysis/remote_write.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            added = message.field.add(name=field, number=number, type=kind)
            added.label = _FIELD.LABEL_REPEATED if of else _FIELD.LABEL_OPTIONAL
            if of:
                added.type_name = f".{_PACKAGE}.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName(f"{_PACKAGE}.WriteRequest")
    return message_factory.GetMessageClass(found)


WriteRequest = _describe()


def request_of(
    series: Iterable[TimedSample],
    common: Mapping[str, str] | None = None,
    metadata: Iterable[Metadata] = (),
) -> Any:
    """A ``WriteRequest``, whose samples may be changed before it is packed.

    Args:
        series: each once.
        common: labels that every series gets unless it has them; an empty value is left out, as
            Prometheus takes it for an absent label.
        metadata: of families; each once.
    """
    request = WriteRequest()
    for one in series:
        added = request.timeseries.add()
        labels = {**(common or {}), **one.labels, "__name__": one.name}
        # The specification: labels sorted by name.
        for name in sorted(labels):
            if labels[name]:
                added.labels.add(name=name, value=labels[name])
        added.samples.add(value=one.value, timestamp=milliseconds(one.timestamp))
    for known in metadata:
        request.metadata.add(
            type=_TYPES.get(known.type, 0), metric_family_name=known.name, help=known.help
        )
    return request


def milliseconds(seconds: float) -> int:
    """A time as samples have it."""
    return round(seconds * 1000)


def pack(*requests: Any) -> bytes:
    """One body of several ``WriteRequest`` that have no series in common."""
    # Protobuf: messages that follow each other are one message with the lists of all.
    plain = b"".join(request.SerializeToString() for request in requests)
    return bytes(cramjam.snappy.compress_raw(plain))


def encode(series: Sequence[TimedSample], common: Mapping[str, str] | None = None) -> bytes:
    """The body of a request; see ``request_of``."""
    return pack(request_of(series, common))


def decode(body: bytes) -> list[TimedSample]:
    """The series of a request's body, for tools and tests.

    Raises:
        ValueError: it is no such body.
    """
    request = WriteRequest()
    try:
        request.ParseFromString(bytes(cramjam.snappy.decompress_raw(body)))
    except Exception as error:
        raise ValueError("no remote-write request") from error
    found = []
    for one in request.timeseries:
        labels = {label.name: label.value for label in one.labels}
        name = labels.pop("__name__", "")
        found += [TimedSample(name, labels, s.value, s.timestamp / 1000) for s in one.samples]
    return found
