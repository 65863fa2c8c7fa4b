"""The two exporters of a comparison: started alike, with the same collectors."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks import peers
from benchmarks.scraping import PageScraper, family, series
from demo.servers import DemoServer, ServerError, start_exporter
from perfanalysis import __version__

ADDRESS = re.compile(r'msg="?Listening on"? .*?address=(\S+)')
COLLECTOR = re.compile(r'^node_scrape_collector_success\{collector="([^"]+)"\} 1$', re.MULTILINE)
# Each exporter's words about itself and about the scrape; not part of the comparison.
# node_exporter's default; ours shows three times as many fields, which all_collectors() measures.
VMSTAT_FIELDS = "--collector.vmstat.fields=^(oom_kill|pgpg|pswp|pg.*fault).*"
QUIET = ("--web.disable-exporter-metrics", "--log.level=info")
OWN_FAMILIES = ("go_", "process_", "promhttp_", "python_", "node_scrape_", "node_exporter_")


@dataclass(frozen=True)
class ExporterSide:
    """How to start one exporter.

    Args:
        name: ``perfanalysis`` or ``node_exporter``.
        version: its version.
        flags: all its flags but the address.
        program: node_exporter's program; None for our own exporter.
    """

    name: str
    version: str
    flags: tuple[str, ...]
    program: Path | None = None


class RunningExporter:
    """A started exporter with one kept connection; a context manager that stops it.

    Raises:
        ServerError: it does not start.
    """

    def __init__(self, side: ExporterSide, log: Path) -> None:
        self.side = side
        self._server, self.url = _start(side, log)
        self.scraper = PageScraper(self.url)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._server.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.scraper.close()
        self._server.stop()


def _start(side: ExporterSide, log: Path) -> tuple[DemoServer, str]:
    if side.program is None:
        return start_exporter(side.flags, log, perfanalysis=[sys.executable, "-m", "perfanalysis"])
    command = [str(side.program), "--web.listen-address=127.0.0.1:0", *side.flags]
    server = DemoServer(side.name, command, log, outlives=False)
    try:
        server.wait_until(lambda: bool(ADDRESS.search(server.text())), "its address", 20)
    except ServerError:
        server.stop()
        raise
    match = ADDRESS.search(server.text())
    assert match
    return server, f"http://{match[1]}"


@dataclass(frozen=True)
class Pair:
    """Both sides of a comparison, and what their pages hold with the flags that they have."""

    ours: ExporterSide
    peer: ExporterSide
    facts: dict[str, object]

    @property
    def versions(self) -> dict[str, str]:
        """Name and version of both."""
        return {side.name: side.version for side in (self.ours, self.peer)}


def same_collectors(
    folder: Path, flags: Sequence[str] = (), peer_flags: Sequence[str] = ()
) -> Pair:
    """Both with the same collectors, by name, and the same fields of /proc/vmstat.

    They are those of node_exporter's defaults that have a family in common with our page: what
    only one of the two has (load tests, containers, identity), and what shows nothing on this
    machine, is off on both sides.

    Args:
        folder: where the logs go.
        flags: flags that both sides get, such as ``--path.procfs=...``.
        peer_flags: flags that only node_exporter gets.

    Raises:
        PeerMissingError: there is no node_exporter.
        ServerError: one of them does not start.
    """
    program = peers.node_exporter()
    version = peers.node_exporter_version(program)
    all_peer = ExporterSide("node_exporter", version, (*flags, *peer_flags, *QUIET), program)
    all_ours = ExporterSide("perfanalysis", __version__, tuple(flags))
    with ExitStack() as stack:
        ours = stack.enter_context(RunningExporter(all_ours, folder / "ours.log"))
        peer = stack.enter_context(RunningExporter(all_peer, folder / "peer.log"))
        page = ours.scraper.page()
        families = _families(page)
        theirs = COLLECTOR.findall(peer.scraper.page())
        chosen = [
            name
            for name in theirs
            if _families(peer.scraper.page(f"/metrics?collect[]={name}")) & families
        ]
    on = ["--collector.disable-defaults", *(f"--collector.{name}" for name in chosen)]
    return described(
        folder,
        ExporterSide(all_ours.name, all_ours.version, (*all_ours.flags, *on, VMSTAT_FIELDS)),
        ExporterSide(all_peer.name, all_peer.version, (*all_peer.flags, *on), program),
        {"collectors": chosen},
    )


def all_collectors(folder: Path) -> Pair:
    """Both with all collectors that they run by default, however different these are.

    Raises:
        PeerMissingError: there is no node_exporter.
        ServerError: one of them does not start.
    """
    program = peers.node_exporter()
    version = peers.node_exporter_version(program)
    ours = ExporterSide("perfanalysis", __version__, ())
    return described(folder, ours, ExporterSide("node_exporter", version, QUIET, program), {})


def described(
    folder: Path, ours: ExporterSide, peer: ExporterSide, facts: dict[str, object]
) -> Pair:
    """The pair, with what the pages of both hold counted: samples, and series that one side lacks.

    Raises:
        ServerError: one of them does not start.
    """
    with (
        RunningExporter(ours, folder / "ours.log") as one,
        RunningExporter(peer, folder / "peer.log") as other,
    ):
        pages = [one.scraper.page(), other.scraper.page()]
        sent = [len(one.scraper.get()[0]), len(other.scraper.get()[0])]
    mine, theirs = ({name for name in series(page) if not _own(name)} for page in pages)
    counted: dict[str, object] = {
        "samples": {"ours": len(mine), "peer": len(theirs), "in_both": len(mine & theirs)},
        "page_bytes": {"ours": len(pages[0]), "peer": len(pages[1])},
        "sent_bytes": {"ours": sent[0], "peer": sent[1]},
        "families_missing_in_ours": sorted({family(name) for name in theirs - mine}),
        "families_missing_in_peer": sorted({family(name) for name in mine - theirs}),
        "flags": {"ours": [*ours.flags], "peer": [*peer.flags]},
    }
    return Pair(ours, peer, facts | _without_paths(counted))


def _without_paths(facts: dict[str, object]) -> dict[str, object]:
    flags = facts["flags"]
    assert isinstance(flags, dict)
    shortened = {
        side: [re.sub(r"=/.*/(\w+)$", r"=MADE_TREE/\1", flag) for flag in words]
        for side, words in flags.items()
    }
    return facts | {"flags": shortened}


def _own(name: str) -> bool:
    return name.startswith(OWN_FAMILIES)


def _families(page: str) -> set[str]:
    return {family(name) for name in series(page) if not _own(name)}
