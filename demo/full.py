"""What ``make demo FULL=1`` shows beside: a price book, a portal, a prediction, a phone's page.

All of it is the product's own commands; nothing here knows what they do inside.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from demo.commands import PERFANALYSIS, run_beside
from demo.progress import DemoSteps
from demo.servers import REPOSITORY, DemoServer
from demo.settings import DemoSettings
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines.inventory import Inventory
from perfanalysis.results.state import RESULTS

STEPS = 4
PRICES = REPOSITORY / "demo" / "prices.csv"
PICTURE = "portal-phone.png"
_SERVING = re.compile(r"the portal is at (http://\S+)")


@dataclass(frozen=True)
class Recorded:
    """What the steps before have left: Prometheus's URL, and the servers that must stay alive.

    ``times`` is the range that the report is about, in Unix seconds; ``undisturbed`` whether all
    load tests are valid: nothing is predicted from others.
    """

    url: str
    times: tuple[float, float]
    servers: list[DemoServer]
    undisturbed: bool


def run(
    settings: DemoSettings,
    inventory: Inventory,
    steps: DemoSteps,
    stack: ExitStack,
    recorded: Recorded,
) -> list[str]:
    """Do the further steps.

    The portal is put among the servers of ``recorded``.

    Returns:
        What to say at the end, a line each.

    Raises:
        PerfAnalysisError: a step failed.
    """
    # What it takes is no part of the plain demonstration's packages.
    from demo import phone

    servers = recorded.servers
    book = settings.work / "prices.sqlite"
    with steps.step("prices into a book"):
        _book(book, servers)
    with steps.step("starting a portal, and sending it the results"):
        portal, key = _portal(settings, book, recorded.url, stack, servers)
        _send(settings, inventory, portal, servers)
    lines = []
    with steps.step("recording what this host did, and predicting it on the other machine"):
        _record(settings, inventory, recorded)
        if recorded.undisturbed:
            _predict(settings, book, recorded)
        else:
            lines.append("no prediction: it needs load tests that nothing disturbed")
    with steps.step("a picture of the portal on a telephone"):
        pictured = phone.picture(f"{portal}/history", key, settings.output / PICTURE)
    if pictured:
        lines.append(f"written: {settings.output / PICTURE}")
    else:
        lines.append("no picture of a telephone: chromium, which takes it, is not on PATH")
    where = f"portal:  {portal}; log in with the key that stands in {_key_file(settings)}"
    return [*lines, where] if settings.keep else lines


def _book(book: Path, servers: list[DemoServer]) -> None:
    book.unlink(missing_ok=True)
    where = ["--price-book", str(book)]
    command = [*PERFANALYSIS, "prices", "import", str(PRICES), *where, "--cloud", "off"]
    run_beside(command, servers, "prices import")
    run_beside([*PERFANALYSIS, "prices", "list", *where], servers, "prices list")


def _key_file(settings: DemoSettings) -> Path:
    return settings.work / "portal-key"


def _portal(
    settings: DemoSettings, book: Path, url: str, stack: ExitStack, servers: list[DemoServer]
) -> tuple[str, str]:
    """The address of a portal that has been started, and its first key."""
    folder = settings.work / "portal"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    database = ["--database", f"sqlite:///{folder / 'portal.sqlite'}"]
    tenant = [*PERFANALYSIS, "portal", "tenant", "create", "demo", "--operator", *database]
    key_file = _key_file(settings)
    key_file.unlink(missing_ok=True)
    # The key stands in a file that nobody else can read, and in no list of processes.
    handle = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        run_beside([*PERFANALYSIS, "portal", "migrate", *database], servers, "portal migrate")
        run_beside(tenant, servers, "portal tenant create", output=handle)
    finally:
        os.close(handle)
    command = [*PERFANALYSIS, "portal", "serve", *database, "--port", "0", "--no-first-key"]
    command += ["--price-book", str(book), "--prometheus", url]
    log = settings.work / "portal.log"
    server = DemoServer("portal", command, log, outlives=settings.keep)
    stack.callback(server.stop)
    server.wait_until(lambda: bool(_SERVING.search(server.text())), "its address", 60)
    servers.append(server)
    match = _SERVING.search(server.text())
    assert match
    return match[1].rstrip("/"), key_file.read_text().strip()


def _send(
    settings: DemoSettings, inventory: Inventory, portal: str, servers: list[DemoServer]
) -> None:
    for machine in inventory.machines:
        state = settings.state(machine)
        results = sorted(str(path) for path in (state / RESULTS).glob("*.json"))
        if not results:
            raise PerfAnalysisError(f"{state / RESULTS}: no result of {machine.name} is there")
        command = [*PERFANALYSIS, "loadtest", "deliver", *results, "--no-live"]
        command += ["--state-directory", str(state), "--upload-url", f"{portal}/api/v1/tests"]
        command += ["--upload-bearer-token-file", str(_key_file(settings))]
        run_beside(command, servers, f"sending {machine.name}'s result")


def _whole(inventory: Inventory) -> str:
    """The host as a whole is the machine that has all of its CPUs."""
    return next((one for one in inventory.machines if not one.cpus), inventory.machines[-1]).name


def _recording(settings: DemoSettings) -> Path:
    return settings.work / "recording.om.gz"


def _record(settings: DemoSettings, inventory: Inventory, recorded: Recorded) -> None:
    begin, end = recorded.times
    file = _recording(settings)
    file.unlink(missing_ok=True)
    command = [*PERFANALYSIS, "workload", "record", str(file), "--prometheus", recorded.url]
    command += ["--machine", _whole(inventory), "--from", f"{begin:.0f}", "--to", f"{end:.0f}"]
    run_beside(command, recorded.servers, "workload record")


def _predict(settings: DemoSettings, book: Path, recorded: Recorded) -> None:
    command = [*PERFANALYSIS, "workload", "predict", str(_recording(settings))]
    command += ["--prometheus", recorded.url, "--price-book", str(book)]
    run_beside(command, recorded.servers, "workload predict")
