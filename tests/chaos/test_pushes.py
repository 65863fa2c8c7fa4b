"""Pushes while their receiver is away, its disk is full, its name is gone, or the clock is set."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.disks import fill, small_disk
from tests.chaos.parts import seconds_until
from tests.chaos.pushing import check_once, pushing
from tests.chaos.recovery import Recoveries
from tests.conftest import REPOSITORY
from tests.exporter.pushing.conftest import Prometheus
from tests.loadtest.pretending import namespace_command

pytestmark = [pytest.mark.e2e, pytest.mark.long]
# An hour of pushes each 15 s, of which here one comes each 100 ms. Backoff is not scaled.
PUSHES_OF_AN_HOUR = 240
FAKETIME = ".tools/libfaketime/usr/lib/*/faketime/libfaketime.so.1"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Prometheus]:
    (tmp_path / "engine").mkdir()
    made = Prometheus(tmp_path / "engine")
    yield made
    made.stop()


def test_away_for_an_hour(engine: Prometheus, tmp_path: Path, recoveries: Recoveries) -> None:
    engine.start()
    with pushing(tmp_path, engine) as exporter:
        seconds_until(lambda: len(exporter.taken()) > 20, "pushes")
        engine.stop()
        before = len(exporter.taken())
        seconds_until(lambda: len(exporter.taken()) >= before + PUSHES_OF_AN_HOUR, "an hour")
        assert exporter.waiting() > PUSHES_OF_AN_HOUR / 2
        engine.start()
        recoveries.note("Prometheus away for an hour of pushes", exporter.until_empty())
        check_once(engine, exporter)


def test_the_queues_disk_is_full(
    engine: Prometheus, tmp_path: Path, recoveries: Recoveries
) -> None:
    with small_disk(tmp_path / "disk", 1) as disk, pushing(disk, engine) as exporter:
        seconds_until(lambda: len(exporter.taken()) > 20, "pushes")
        filler = fill(disk)
        full = 'perf_push_documents_dropped_total{reason="disk_full"}'
        seconds_until(lambda: exporter.figure(full) >= 5, "pushes for which there is no room")
        engine.start()
        filler.unlink()
        recoveries.note("disk of the exporter's queue full", exporter.until_empty())
        before = len(exporter.taken())
        seconds_until(lambda: len(exporter.taken()) > before + 5, "new pushes")
        check_once(engine, exporter)


def test_the_receivers_disk_is_full(
    engine: Prometheus, tmp_path: Path, recoveries: Recoveries
) -> None:
    with small_disk(engine.folder / "data", 8) as disk:
        engine.start()
        with pushing(tmp_path, engine) as exporter:
            seconds_until(lambda: len(exporter.taken()) > 20, "pushes")
            exporter.until_empty()
            filler = fill(disk)
            seconds_until(
                lambda: exporter.figure("perf_push_requests_failed_total") >= 3, "refusals"
            )
            filler.unlink()
            recoveries.note("disk of Prometheus full", exporter.until_empty())
            check_once(engine, exporter)
        engine.stop()


def test_the_name_is_gone(engine: Prometheus, tmp_path: Path, recoveries: Recoveries) -> None:
    """The exporter has a table of names of its own, and nobody else to ask for one."""
    hosts, resolver = tmp_path / "hosts", tmp_path / "resolv.conf"
    known = "127.0.0.1 localhost metrics.test\n"
    hosts.write_text(known)
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    binds = [f"mount --bind {shlex.quote(str(hosts))} /etc/hosts"]
    if Path("/etc/resolv.conf").exists():
        binds.append(f"mount --bind {shlex.quote(str(resolver))} /etc/resolv.conf")
    own = [*namespace_command(), "sh", "-c", f'{" && ".join(binds)} && exec "$@"', "sh"]
    engine.start()
    url = engine.write_url.replace("127.0.0.1", "metrics.test")
    with pushing(tmp_path, engine, url=url, words=own) as exporter:
        seconds_until(lambda: len(engine.times('node_load1{instance="web-1"}')) > 10, "pushes")
        hosts.write_text("127.0.0.1 localhost\n")
        engine.stop()
        engine.start()
        seconds_until(lambda: exporter.waiting() > 50, "pushes that wait")
        assert "metrics.test" in exporter.text
        hosts.write_text(known)
        recoveries.note("name service gone", exporter.until_empty())
        check_once(engine, exporter)


@pytest.mark.parametrize("step", [3600, -3600], ids=["ahead", "behind"])
def test_the_clock_is_set(
    step: int, engine: Prometheus, tmp_path: Path, recoveries: Recoveries
) -> None:
    """Of the exporter alone: programs in Go ask the kernel, and not the library that is faked."""
    found = sorted(REPOSITORY.glob(FAKETIME))
    if not found:
        pytest.skip("no libfaketime here: scripts/setup-tests brings Debian's")
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    settings = {
        "LD_PRELOAD": found[0],
        "FAKETIME_TIMESTAMP_FILE": clock,
        "FAKETIME_NO_CACHE": 1,
        "FAKETIME_DONT_FAKE_MONOTONIC": 1,
    }
    words = ["env", *(f"{name}={value}" for name, value in settings.items())]
    engine.start()
    with pushing(tmp_path, engine, words=words) as exporter:
        seconds_until(lambda: len(exporter.taken()) > 20, "pushes")
        exporter.until_empty()
        clock.write_text(f"{step:+d}\n")
        before = len(exporter.taken())
        seconds_until(lambda: len(exporter.taken()) > before + 20, "pushes of another time")
        wrong = exporter.taken()[before:]
        if step > 0:
            # Prometheus never hears of what is still to come.
            assert exporter.figure("perf_push_queue_held_documents") > 10
            assert max(engine.times('node_load1{instance="web-1"}')) < time.time() * 1000 + 60_000
        else:
            refused = 'perf_push_documents_dropped_total{reason="refused"}'
            seconds_until(lambda: exporter.figure(refused) > 10, "refusals")
        clock.write_text("+0\n")
        began = time.monotonic()
        right = time.time() * 1000
        seconds_until(
            lambda: any(one > right for one in engine.times('node_load1{instance="web-1"}')),
            "pushes of now",
        )
        recoveries.note(f"clock set by {step:+d} s and back", time.monotonic() - began)
        time.sleep(2)
        exporter.end()
        taken = set(exporter.taken()[:-10]) - set(wrong)
        times = engine.times('node_load1{instance="web-1"}')
        assert len(times) == len(set(times))
        # A push that began before a step and was queued behind it may be of either time.
        assert len(taken - set(times)) <= 2
