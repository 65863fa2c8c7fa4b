"""The command ``perfanalysis exporter``: puts collectors, scraper and web server together."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exporter.catalogue import CATALOGUE
from exporter.collecting import DISABLE_DEFAULTS, Flag, Flags, paths
from exporter.collectors import process, validation
from exporter.collectors.machine import collector as machine
from exporter.collectors.textfile import collector as textfile
from exporter.node_exporter_flags import translated
from exporter.page.scraping import ConflictResolver, Scraper
from exporter.plugins import settings as plugins
from exporter.pushing import families, settings
from exporter.registrations import COLLECTORS, make_collectors
from exporter.serving.audit import Audit
from exporter.serving.logs import FORMATS, LEVELS, start_logging
from exporter.serving.reloading import LIFECYCLE
from exporter.sources.files import Sources
from perfanalysis import __version__
from perfanalysis.errors import InputError
from perfanalysis.lazy_commands import Entry, LazyGroup

if TYPE_CHECKING:
    from exporter.pushing.pusher import Pusher

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
LONGEST_TIMEOUT = 3600
# Where click keeps the flags of a command line that have no meaning here.
IGNORED = "exporter.ignored"
LOG = logging.getLogger("exporter")


def _check() -> click.Command:
    from exporter.commands.check import check

    return check


COMMANDS = {
    "check": Entry(
        _check,
        "Look whether this machine's numbers, or recorded ones, can be true.",
    ),
}


class ServingGroup(LazyGroup):
    """Serves when no sub-command is named.

    Its many options are made when they are asked for, and kept only while a command line is read:
    0.3 MB, which a process that serves has no use for.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read a command line; see click."""
        translation = translated(args)
        ctx.meta[IGNORED] = translation.ignored
        self.params = all_options(translation.words)
        try:
            return super().parse_args(ctx, translation.words)
        finally:
            self.params = []

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """All options, in the order of the help."""
        kept, self.params = self.params, self.params or all_options()
        try:
            return super().get_params(ctx)
        finally:
            self.params = kept


def option_of(flag: Flag) -> click.Option:
    """The command-line option of a flag."""
    names = [flag.variable, f"--{flag.name}"]
    if isinstance(flag.default, bool):
        names[1] += f"/--no-{flag.name}"
    several = isinstance(flag.default, tuple)
    kind = None if several or flag.default is None else type(flag.default)
    return click.Option(
        names, default=flag.default, type=kind, help=flag.help, show_default=True, multiple=several
    )


def all_options(arguments: Sequence[str] | None = None) -> list[click.Parameter]:
    """Every option of the command.

    Args:
        arguments: a command line; what it has no use for may be left out: the flags of a collector
            that is off and that it does not name, whose file would have to be loaded for them.
    """
    everything = arguments is None or "--help" in arguments
    flags = [*paths.FLAGS, *WEB, LIFECYCLE, TIMEOUT, *plugins.FLAGS, *settings.FLAGS]
    switches: list[click.Parameter] = []
    for specification in COLLECTORS:
        switch = specification.switch
        on_off = f"--{switch.name}/--no-{switch.name}"
        shown = f"{switch.help} By default {'on' if specification.enabled else 'off'}."
        switches.append(click.Option([switch.variable, on_off], default=None, help=shown))
        if everything or specification.is_named(arguments or ()):
            flags += specification.flags
    level = click.Option(
        ["log_level", "--log.level"],
        default="info",
        show_default=True,
        type=click.Choice(LEVELS),
        help="What to log.",
    )
    form = click.Option(
        ["log_format", "--log.format"],
        default="text",
        show_default=True,
        type=click.Choice(FORMATS),
        help="How a line of the log looks; node_exporter's are logfmt.",
    )
    version = click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show_version,
        help="Show the version.",
    )
    return [*map(option_of, flags), *switches, option_of(DISABLE_DEFAULTS), level, form, version]


def show_version(context: click.Context, _: click.Parameter, value: bool) -> None:
    """Show the version and end, if that is asked for."""
    if value and not context.resilient_parsing:
        click.echo(f"perfanalysis exporter, version {__version__}")
        context.exit()


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

    asyncio imports ssl where it can, which is 4.5 MB of resident memory that a server without TLS
    has no use for. So ssl is hidden from that import, and from it only, unless something has loaded
    it before, as the web configuration does when it has TLS.

    Raises:
        InputError: the web configuration is unusable.
    """
    watched = None
    if flags[WEB_CONFIGURATION.variable]:
        from exporter.serving import watching

        watched = watching.WatchedConfiguration(Path(flags[WEB_CONFIGURATION.variable]), audit)
    hidden = "asyncio" not in sys.modules and "ssl" not in sys.modules
    if hidden:
        sys.modules["ssl"] = None  # type: ignore[assignment]
    try:
        from exporter.serving import service as serving
    finally:
        if hidden:
            del sys.modules["ssl"]
    serving.run(scraper, flags, audit, pusher, watched)


def run(**flags: Any) -> None:
    """Serve this machine's metrics to Prometheus, under node_exporter's names."""
    if click.get_current_context().invoked_subcommand is not None:
        # The sub-command finds the flags in its context's parent.
        return
    start_logging(flags["log_level"], flags["log_format"])
    for name in click.get_current_context().meta.get(IGNORED, ()):
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


exporter = ServingGroup(
    "exporter",
    entries=COMMANDS,
    callback=run,
    help=run.__doc__,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND [ARGS]...]",
)
