"""All flags of the command ``perfanalysis exporter``, whatever reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import DISABLE_DEFAULTS, Flag, paths
from exporter.collectors import process
from exporter.plugins import settings as plugins
from exporter.pushing import settings as pushing
from exporter.registrations import COLLECTORS
from exporter.serving.logs import FORMATS, LEVELS
from exporter.serving.reloading import LIFECYCLE

WEB_CONFIGURATION = Flag(
    "web.config.file",
    None,
    "File with TLS, passwords, headers and rate limit, in exporter-toolkit's format.",
)
WEB = (
    WEB_CONFIGURATION,
    process.DISABLED,
    Flag(
        "web.listen-address",
        ("127.0.0.1:9100",),
        "Address to listen on, HOST:PORT or unix:/path; can be given several times.",
    ),
    Flag(
        "web.systemd-socket", False, "Listen on the sockets that systemd hands over, on no others."
    ),
    Flag("web.telemetry-path", "/metrics", "Path of the metrics."),
    Flag(
        "web.max-requests",
        40,
        "Scrapes that may wait for their page at once; the others get status 503. 0 is no limit.",
    ),
)
TIMEOUT = Flag(
    "collector.timeout", 5.0, "Seconds that a collector may take; it fails when it takes longer."
)
# Flags whose value is one of a few words, with these.
LOG = (
    (Flag("log.level", "info", "What to log."), LEVELS),
    (
        Flag("log.format", "text", "How a line of the log looks; node_exporter's are logfmt."),
        FORMATS,
    ),
)


class KnownFlags(NamedTuple):
    """What a command line may hold: flags, and switches of collectors, by the collector's name."""

    flags: list[Flag]
    switches: list[tuple[Flag, bool]]


def known_flags(arguments: Sequence[str] | None = None) -> KnownFlags:
    """Every flag but those of ``LOG``; a switch stands with whether its collector is on by default.

    Args:
        arguments: a command line; what it has no use for may be left out: the flags of a collector
            that is off and that it does not name, whose file would have to be loaded for them.
    """
    everything = arguments is None or "--help" in arguments
    flags = [*paths.FLAGS, *WEB, LIFECYCLE, TIMEOUT, *plugins.FLAGS, *pushing.FLAGS]
    switches = []
    for specification in COLLECTORS:
        switches.append((specification.switch, specification.enabled))
        if everything or specification.is_named(arguments or ()):
            flags += specification.flags
    return KnownFlags([*flags, DISABLE_DEFAULTS], switches)
