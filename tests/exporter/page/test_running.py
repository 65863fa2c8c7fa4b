"""A collector that hangs costs its own samples, and only until it returns."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from exporter.collecting import Collector
from exporter.page.negotiation import Form
from exporter.page.running import ScrapeRunner
from exporter.page.scraping import Scraper, SelectionError
from exporter.page.wanted import Wanted
from exporter.sources.files import Paths, Sources
from exporter.sources.numbers import NumberPlace, NumberSeries
from exporter.sources.steady import Steadiness, steadiness
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout
from tests.exporter.conftest import StartExporter, samples_of

LOG = "/dev/kmsg"


class Gate:
    """A collector that returns when its gate is open."""

    def __init__(self, name: str) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.started = 0
        self._layout = Layout([Series(Family(name, "gauge", "Test."))])

    def collect(self) -> list[Block]:
        self.started += 1
        self.gate.wait(30)
        return [Block(self._layout, [b"%d" % self.started])]


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


class Pages:
    """Asks a runner for pages, and looks after it as the server does."""

    def __init__(self, collectors: dict[str, Collector], sources: Sources | None = None) -> None:
        self.scraper = Scraper(collectors, sources or Sources(Paths()))
        self.runner = ScrapeRunner(self.scraper, 0.05)

    def ask(self, count: int = 1) -> list[dict[str, float]]:
        pages: list[bytes] = []
        wanted = Wanted(Form(TEXT, gzip=False), self.scraper.names)
        for _ in range(count):
            self.runner.request(wanted, pages.append)

        def all_there() -> bool:
            self.runner.check()
            return len(pages) == count

        wait_for(all_there)
        return [samples_of(page) for page in pages]


def success(name: str) -> str:
    return f'node_scrape_collector_success{{collector="{name}"}}'


def scraping() -> set[threading.Thread]:
    """Threads of runners: what other tests left to end by itself is not counted."""
    return {thread for thread in threading.enumerate() if thread.name == "scrape"}


def test_a_stuck_collector_is_left_alone_until_it_returns() -> None:
    others = scraping()
    first, stuck, last = Gate("first"), Gate("stuck"), Gate("last")
    pages = Pages({"first": first, "stuck": stuck, "last": last})
    assert [pages.ask()[0][name] for name in ("stuck", "last")] == [1, 2]
    assert len(scraping() - others) == 1
    stuck.gate.clear()
    started = stuck.started
    for _ in range(5):
        page = pages.ask()[0]
        assert "stuck" not in page
        assert (page[success("stuck")], page[success("last")]) == (0, 1)
    assert stuck.started == started + 1
    assert len(scraping() - others) == 2
    stuck.gate.set()
    wait_for(lambda: len(scraping() - others) == 1)
    page = pages.ask()[0]
    assert (page["stuck"], page[success("stuck")]) == (started + 2, 1)
    pages.runner.stop()


class OneFile:
    """A collector of one number, which C reads from its third scrape on."""

    def __init__(self, sources: Sources, name: str) -> None:
        self.file = sources.proc(name, longest_line=64)
        self._numbers = NumberSeries(
            lambda _: [NumberPlace(Series(Family(name, "gauge", "Test.")), 1)]
        )

    def collect(self) -> list[Block]:
        return [self._numbers.block(self.file.read())]

    def steady(self) -> Steadiness | None:
        return steadiness([self._numbers.steady(self.file)])


@pytest.mark.skipif(not os.access(LOG, os.R_OK | os.W_OK), reason="root's file")
def test_a_file_at_which_c_hangs_costs_its_collector_only(tmp_path: Path) -> None:
    others = scraping()
    for name in ("hung", "well"):
        (tmp_path / name).write_bytes(b"number 7\n")
    sources = Sources(Paths(tmp_path))
    collectors = {name: OneFile(sources, name) for name in ("hung", "well")}
    pages = Pages({**collectors, "last": Gate("last")}, sources)
    for _ in range(3):
        pages.ask()
    assert pages.scraper.steady.names == {"hung", "well"}
    # A read of the kernel's log waits at its end until somebody writes to it.
    hung, log = collectors["hung"].file.native().descriptor, os.open(LOG, os.O_RDWR)
    os.lseek(log, 0, os.SEEK_END)
    os.dup2(log, hung)
    page = pages.ask()[0]
    assert [page[success(name)] for name in ("hung", "well", "last")] == [0, 1, 1]
    assert (page["well"], "hung" in page) == (7, False)
    (tmp_path / "well").write_bytes(b"number 8\n")
    page = pages.ask()[0]
    assert (page["well"], page[success("hung")]) == (8, 0)
    os.write(log, b"<7>a test of perfanalysis\n")
    wait_for(lambda: len(scraping() - others) == 1)
    with (tmp_path / "hung").open("rb") as file:
        os.dup2(file.fileno(), hung)
    for _ in range(3):
        page = pages.ask()[0]
        assert (page["hung"], page["well"]) == (7, 8)
    assert pages.scraper.steady.names == {"hung", "well"}
    pages.runner.stop()
    os.close(log)
    sources.close()


def test_all_collectors_may_be_stuck_at_once() -> None:
    gates = {name: Gate(name) for name in ("a", "b", "c")}
    pages = Pages(dict(gates))
    for gate in gates.values():
        gate.gate.clear()
    page = pages.ask()[0]
    assert [page[success(name)] for name in gates] == [0, 0, 0]
    for gate in gates.values():
        gate.gate.set()
    wait_for(lambda: all(pages.ask()[0][success(name)] == 1 for name in gates))
    pages.runner.stop()


def test_requests_during_a_scrape_share_the_next() -> None:
    slow = Gate("slow")
    pages = Pages({"slow": slow})
    pages.runner.limit = 20
    slow.gate.clear()
    first: list[bytes] = []
    pages.runner.request(Wanted(Form(TEXT, gzip=False), pages.scraper.names), first.append)
    wait_for(lambda: slow.started == 1)
    opener = threading.Timer(0.2, slow.gate.set)
    opener.start()
    assert [page["slow"] for page in pages.ask(9)] == [2] * 9
    assert samples_of(first[0])["slow"] == 1
    pages.runner.stop()


def test_collect_and_exclude() -> None:
    scraper = Scraper({"a": Gate("a"), "b": Gate("b")}, Sources(Paths()), ["a", "b", "off"])
    assert scraper.select(["b"], []) == ("b",)
    assert scraper.select([], ["b"]) == ("a",)
    assert scraper.select([], ["off", "no", ""]) == ("a", "b")
    page = samples_of(scraper.scrape(TEXT, ("b",)))
    assert "a" not in page
    assert success("a") not in page
    assert page["b"] == 1
    for collect, exclude in ((["a"], ["b"]), (["no"], []), (["off"], []), ([""], [])):
        with pytest.raises(SelectionError):
            scraper.select(collect, exclude)


def test_a_source_that_hangs_does_not_hold_the_real_page(
    start_exporter: StartExporter, tree: Path
) -> None:
    load = tree / "proc" / "loadavg"
    load.unlink()
    os.mkfifo(load)
    running = start_exporter(
        f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}", "--collector.timeout=1"
    )
    for _ in range(3):
        page = requests.get(running.url + "/metrics", timeout=10)
        assert page.status_code == 200
        samples = samples_of(page.content)
        assert samples[success("loadavg")] == 0
        assert samples[success("meminfo")] == 1
    assert running.log.read_text().count("collector loadavg") == 1
    # A writer lets the reader's open(2) return; that is all that it waits for.
    load.open("wb").close()
    wait_for(lambda: "loadavg has returned" in running.log.read_text())


def test_selection_over_http(start_exporter: StartExporter) -> None:
    url = start_exporter("--no-collector.netdev").url + "/metrics"
    page = requests.get(url, params={"collect[]": ["loadavg", "stat"]}, timeout=10).content
    shown = {series.split("{")[0] for series in samples_of(page)}
    assert "node_load1" in shown
    assert "node_intr_total" in shown
    assert "node_memory_MemTotal_bytes" not in shown
    for wrong in ("?collect[]=netdev", "?collect[]=x", "?collect[]=stat&exclude[]=cpu"):
        assert requests.get(url + wrong, timeout=10).status_code == 400
