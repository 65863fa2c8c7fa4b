"""The demonstration's steps: servers up, two load tests, scraped, reported, servers down."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from demo import full, kept, summary
from demo.commands import load_test, reports
from demo.progress import DemoSteps
from demo.servers import REPOSITORY, DemoServer
from demo.serving import SCRAPE_SECONDS, say_addresses, start_servers, wait, wait_until_scraped
from demo.settings import DemoSettings
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.locks import FileLock, LockedError
from perfanalysis.machines.inventory import Inventory, read_inventory
from perfanalysis.results.state import RESULTS

# rate() over a minute, as the report's charts use, wants some history before the run. Prometheus
# begins to scrape five seconds after its start.
LEAD_SECONDS = 7.0
REPORTS = ("report.pdf", "report.html")
# Of rules in the repository's files, which have the time of an installation.
_INTERVAL = re.compile(r"^    interval: \w+$", re.MULTILINE)


def run(settings: DemoSettings, console: Console) -> None:
    """Run the whole demonstration.

    Raises:
        PerfAnalysisError: a step failed; all servers are down again.
    """
    inventory = read_inventory(settings.inventory)
    with only_one(settings):
        if stopped := kept.stop_kept(settings.work):
            console.print(f"stopped {stopped} servers that an earlier run had left up")
        prepare(settings, inventory)
        with ExitStack() as stack:
            url, servers, rows, more = demonstrate(settings, inventory, console, stack)
            summary.show(console, rows)
            summary.say_disturbed(console, rows)
            console.print(f"{inventory.price_note}\n", style="dim")
            for name in REPORTS:
                console.print(f"written: {settings.output / name}")
            for line in more:
                console.print(line)
            if settings.keep:
                kept.remember(settings.work, servers)
                stack.pop_all()
                say_addresses(settings, console, url)
            else:
                summary.say_next(console, full=settings.full)


def demonstrate(
    settings: DemoSettings, inventory: Inventory, console: Console, stack: ExitStack
) -> tuple[str, list[DemoServer], list[summary.SummaryRow], list[str]]:
    """Do the steps; servers are stopped when ``stack`` is closed.

    Returns:
        Prometheus's URL, all servers, what Prometheus knew when it had all results (of a scrape
        that fails later, it would know less), and further lines to say.

    Raises:
        PerfAnalysisError: a step failed.
    """
    steps = DemoSteps(3 + len(inventory.machines) + full.STEPS * settings.full, console)
    with steps.step("starting an exporter for each machine, and Prometheus"):
        started = time.monotonic()
        url, servers = start_servers(settings, inventory, stack)
        began = time.time()
        wait(servers, started + LEAD_SECONDS - time.monotonic())
    for machine in inventory.machines:
        with steps.step(f"load test of {machine.name}"):
            load_test(settings, machine, servers)
    with steps.step("waiting until Prometheus has scraped the results"):
        rows = wait_until_scraped(settings, inventory, url, servers)
    # What was seen to be there is then within the range, and both forms say the same.
    times = (began, time.time())
    with steps.step("writing the report"):
        reports(settings, url, times, REPORTS, servers)
    recorded = full.Recorded(url, times, servers, all(row.valid for row in rows))
    more = full.run(settings, inventory, steps, stack, recorded) if settings.full else []
    return url, servers, rows, more


@contextmanager
def only_one(settings: DemoSettings) -> Iterator[None]:
    """Hold the lock of the output folder, so that two runs do not fight for it.

    Raises:
        PerfAnalysisError: another run holds it, or the folder cannot be written.
    """
    try:
        settings.work.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.work / "lock", wait=False)
    except LockedError as error:
        message = f"{settings.work}: another demonstration is running there; wait for its end"
        raise PerfAnalysisError(message) from error
    except OSError as error:
        raise PerfAnalysisError(f"{settings.work}: cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def prepare(settings: DemoSettings, inventory: Inventory) -> None:
    """Lay out fresh folders; an earlier run's data and reports go.

    Raises:
        PerfAnalysisError: a folder cannot be written.
    """
    try:
        for name in ("data", "state", "prometheus"):
            shutil.rmtree(settings.work / name, ignore_errors=True)
        for name in (*REPORTS, full.PICTURE):
            (settings.output / name).unlink(missing_ok=True)
        shutil.copytree(REPOSITORY / "prometheus", settings.work / "prometheus")
        # What money buys is known four minutes after a result, and here as soon as it is scraped.
        rules = settings.work / "prometheus" / "rules" / "price_performance.yml"
        rules.write_text(_INTERVAL.sub(f"    interval: {SCRAPE_SECONDS}s", rules.read_text()))
        for machine in inventory.machines:
            (settings.state(machine) / RESULTS).mkdir(parents=True)
    except OSError as error:
        raise PerfAnalysisError(f"{settings.work}: cannot be written: {error}") from error
