"""What a source says of the HTTP endpoint that it asks, in the words of every endpoint."""

from __future__ import annotations

from exporter.collectors.custom.fields import Node
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.endpoint_reading import Description, read_endpoint
from perfanalysis.endpoint_settings import HEADER_FILES, HEADERS, SETTINGS, SettingPath
from perfanalysis.http_exchange import split_url

# Older words, which go on to work.
OLD_WORDS = ("bearer_key_file", "ca_file")
KEYS = (*dict.fromkeys(setting.path[0] for setting in SETTINGS), *OLD_WORDS)
# What a request without a body has of its own.
OURS = frozenset({"authorization", "host", "connection", "content-length", "transfer-encoding"})


def endpoint_of(node: Node) -> Endpoint:
    """The endpoint of the source whose ``http`` is its URL; files are read when it is asked.

    Raises:
        InputError: it cannot be asked as it is described; the field is named, and no secret shown.
    """
    url = node.child("http").text("a URL")
    try:
        split_url(url)
    except ValueError as error:
        # The URL may hold a key.
        node.child("http").refuse(str(error), shown=False)
    said: dict[SettingPath, object] = {}
    for word in OLD_WORDS:
        if node.has(word):
            said[(word,)] = node.child(word).text("the path of a file")
    for setting in SETTINGS:
        above = _above(node, setting.path)
        if above.has(setting.path[-1]):
            value = above.child(setting.path[-1])
            many = setting.kind in (HEADERS, HEADER_FILES)
            said[setting.path] = value.texts() if many else value.text()
    spelled = Description(said, lambda path: ".".join((node.place, *path)), node.file)
    return read_endpoint(url, spelled, check=False, ours=OURS)


def _above(node: Node, path: SettingPath) -> Node:
    """The mapping that a setting stands in: the source itself, ``basic_auth`` or ``tls``."""
    if len(path) == 1:
        return node
    above = node.child(path[0])
    if above.value is not None:
        above.check_keys([s.path[1] for s in SETTINGS if s.path[0] == path[0]])
    return above
