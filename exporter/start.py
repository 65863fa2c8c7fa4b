"""The exporter's parts put together: collectors, scraper, web server, and what pushes."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.catalogue import CATALOGUE
from exporter.collecting import Flags, paths
from exporter.collectors import validation
from exporter.collectors.machine import collector as machine
from exporter.collectors.textfile import collector as textfile
from exporter.flags import TIMEOUT, WEB_CONFIGURATION
from exporter.page.progress import ConflictResolver
from exporter.page.scraping import Scraper
from exporter.plugins import settings as plugins
from exporter.pushing import families, settings
from exporter.registrations import COLLECTORS, make_collectors
from exporter.serving import service
from exporter.serving.audit import Audit
from exporter.serving.logs import start_logging
from exporter.sources.files import Sources
from perfanalysis.errors import InputError

if TYPE_CHECKING:
    from exporter.pushing.pusher import Pusher

LONGEST_TIMEOUT = 3600
LOG = logging.getLogger("exporter")


def make_scraper(flags: Flags, sources: Sources, pusher: Pusher | None = None) -> Scraper:
    """The scraper of the collectors that run.

    Raises:
        InputError: a flag's value is unusable.
        PerfAnalysisError: what a Python collector needs is not installed.
    """
    collectors = make_collectors(flags, sources, CATALOGUE)
    if pusher is not None:
        collectors[families.NAME] = families.PushCollector(pusher.state)
    known = (specification.name for specification in COLLECTORS)
    observer = collectors.get(validation.ValidationCollector.name)
    assert observer is None or isinstance(observer, validation.ValidationCollector)
    texts = collectors.get(textfile.TextfileCollector.name)
    assert texts is None or isinstance(texts, textfile.TextfileCollector)
    resolver: ConflictResolver | None = texts
    if flags[plugins.COLLECTOR.variable]:
        # What they need is loaded for those who ask for one.
        from exporter.plugins import names, starting

        limit = flags[TIMEOUT.variable]
        made = starting.make_plugins(flags, sources.paths, CATALOGUE, limit)
        resolver = names.PageNames(made, texts)
        collectors |= made
    return Scraper(collectors, sources, known, observer, resolver)


def make_pusher(flags: Flags) -> Pusher | None:
    """What pushes the metrics; None unless the flags ask for it.

    Raises:
        InputError: a flag's value is unusable.
        PerfAnalysisError: the queue's folder cannot be used.
    """
    if not settings.wanted(flags):
        return None
    # An HTTP client and protobuf are 20 MB of resident memory, so only those who push load them.
    from exporter.pushing import starting

    pusher: Pusher = starting.make_pusher(flags, flags[machine.NAME.variable] or "")
    return pusher


def start_serving(scraper: Scraper, flags: Flags, pusher: Pusher | None, audit: Audit) -> None:
    """Serve until a signal comes; see ``exporter.serving.service.serve`` for what is raised.

    Raises:
        InputError: the web configuration is unusable.
    """
    watched = None
    if flags[WEB_CONFIGURATION.variable]:
        from exporter.serving import watching

        watched = watching.WatchedConfiguration(Path(flags[WEB_CONFIGURATION.variable]), audit)
    service.run(scraper, flags, audit, pusher, watched)


def serve(flags: Flags, ignored: Iterable[str]) -> None:
    """Serve until a signal comes.

    Args:
        flags: the values of all flags.
        ignored: flags that were given, and have no meaning here.

    Raises:
        InputError: a value is unusable.
        PerfAnalysisError: something that is needed cannot be had.
    """
    start_logging(flags["log_level"], flags["log_format"])
    for name in ignored:
        LOG.info("%s has no meaning here, and changes nothing", name)
    if not flags["web_telemetry_path"].startswith("/"):
        raise InputError("--web.telemetry-path", "", "a path that begins with /")
    if flags["web_max_requests"] < 0:
        raise InputError("--web.max-requests", "", "a number from 0", flags["web_max_requests"])
    if not 0 < flags[TIMEOUT.variable] < LONGEST_TIMEOUT:
        expected = f"seconds above 0 and below {LONGEST_TIMEOUT}"
        raise InputError(f"--{TIMEOUT.name}", "", expected, flags[TIMEOUT.variable])
    sources = Sources(paths.make_paths(flags))
    with contextlib.ExitStack() as stack:
        stack.callback(sources.close)
        pusher = make_pusher(flags)
        audit = Audit(secured=bool(flags[WEB_CONFIGURATION.variable]))
        scraper = make_scraper(flags, sources, pusher)
        scraper.show_beside(audit.blocks)
        if flags[plugins.COLLECTOR.variable]:
            from exporter.plugins import children

            children.keep_signals_apart()
        if pusher is not None:
            stack.enter_context(pusher)
        start_serving(scraper, flags, pusher, audit)
