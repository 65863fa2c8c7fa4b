"""Whatever a plug-in does costs itself alone."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.samples import Sample

from exporter.collecting import CodeFailedError
from exporter.collectors.textfile.families import TextFamily
from exporter.plugins import collector as plugins
from exporter.plugins.collector import PluginCollector
from exporter.plugins.layout import PluginLayout
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT, render_page


class Gives:
    """A collector that does what it is told to."""

    def __init__(self, collect: Callable[[], Iterable[Any]]) -> None:
        self.collect = collect


def is_free(_: TextFamily) -> bool:
    """No name is the exporter's."""
    return False


def plugin_of(collect: Callable[[], Any], most: int = 100) -> PluginCollector:
    made = PluginCollector("python:x", lambda: Gives(collect), is_free, most)
    made.start()
    made.settle(monotonic() + 30)
    return made


def one(value: float = 1) -> list[Metric]:
    return [GaugeMetricFamily("written_one", "One.", value=value)]


def test_what_it_gives_is_shown_and_its_layout_stays() -> None:
    values = iter([1, 2.5])
    plugin = plugin_of(lambda: one(next(values)))
    (first,), (second,) = plugin.collect(), plugin.collect()
    assert render_page([second], TEXT).endswith(b"\nwritten_one 2.5\n")
    assert first.layout is second.layout
    assert second.layout.numbers(second.values) == [2.5]
    assert [identity.name for identity in second.layout.identities()] == ["written_one"]
    assert [family.type for family in second.layout.families()] == ["gauge"]
    assert plugin.refusals == {"name": 0, "invalid": 0}


def fails() -> Iterator[Metric]:
    yield from one()
    raise ValueError("no\nqueue")


def interrupted() -> list[Metric]:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("collect", "said"),
    [
        (fails, "ValueError: no queue"),
        (lambda: sys.exit(3), "SystemExit: 3"),
        (interrupted, "KeyboardInterrupt"),
        (lambda: None, "TypeError: 'NoneType' object is not iterable"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_failure_of_any_kind_is_its_own(collect: Callable[[], Any], said: str) -> None:
    plugin = plugin_of(collect)
    with pytest.raises(CodeFailedError) as caught:
        plugin.collect()
    assert str(caught.value) == said


def test_a_failure_is_told_in_the_same_words_while_its_kind_stays() -> None:
    texts = iter(["at 10:00", "at 10:01"])
    plugin = plugin_of(lambda: (_ for _ in ()).throw(OSError(next(texts))))
    for _ in range(2):
        with pytest.raises(CodeFailedError, match="OSError: at 10:00"):
            plugin.collect()
    with pytest.raises(CodeFailedError, match="StopIteration"):
        plugin.collect()


def endless() -> Iterator[Metric]:
    while True:
        yield Metric("empty", "Empty.", "gauge")


def many() -> Iterator[Metric]:
    metric = GaugeMetricFamily("many", "Many.", labels=["n"])
    for number in range(101):
        metric.add_metric([str(number)], 1)
    yield metric


@pytest.mark.parametrize("collect", [endless, many])
def test_too_many_series_are_a_failure(collect: Callable[[], Any]) -> None:
    with pytest.raises(CodeFailedError, match="has more than 100 series"):
        plugin_of(collect).collect()


def test_what_it_prints_does_not_come_onto_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    def prints() -> list[Metric]:
        print("hello")
        return one()

    assert b"hello" not in render_page(plugin_of(prints).collect(), TEXT)
    assert capsys.readouterr().out == "hello\n"


def test_refusals_are_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    def collect() -> list[Metric]:
        bad = [GaugeMetricFamily(f"bad_{n}", "Bad.", value="many") for n in range(12)]  # type: ignore[arg-type]
        return [*one(), *bad]

    plugin = plugin_of(collect)
    for _ in range(2):
        (block,) = plugin.collect()
        assert len(block.values) == 1
    assert plugin.refusals == {"name": 0, "invalid": 12}
    said = [record.message for record in caplog.records]
    assert len(said) == 11
    assert said[0] == "collector python:x: bad_0 is left out: expected a number, found 'many'"
    assert said[-1] == "collector python:x: and 2 more"


def test_what_is_new_at_each_scrape_does_not_fill_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(100))

    def collect() -> list[Metric]:
        number = next(numbers)
        # Told in other words each time, and under another name each time, of two lines.
        names = {"bad": f"since {number}", f"bad\n{number}": "x"}
        bad = [Metric("bad", "Bad.", "gauge") for _ in names]
        for metric, (name, value) in zip(bad, names.items(), strict=True):
            metric.name = name
            metric.samples.append(Sample("bad", {}, value))  # type: ignore[arg-type]
        return [*one(), *bad]

    plugin = plugin_of(collect)
    for _ in range(5):
        plugin.collect()
    said = [record.message.partition(" is left")[0] for record in caplog.records]
    assert said == ["collector python:x: bad", "collector python:x: bad 0"]
    # What still holds when a minute is over is told then.
    monkeypatch.setattr(plugins, "monotonic", lambda: monotonic() + plugins.QUIET_SECONDS)
    plugin.collect()
    plugin.collect()
    assert [record.message.partition(" is left")[0] for record in caplog.records[2:]] == [
        "collector python:x: bad 5"
    ]


def test_too_much_text_is_a_failure() -> None:
    """Its label of this scrape, beside those of the last ones, would be the exporter's memory."""
    texts = iter(["a" * 100_000, "a" * 103_000])

    def collect() -> list[Metric]:
        family = GaugeMetricFamily("written", "Written.", labels=["text"])
        family.add_metric([next(texts)], 1)
        return [family]

    plugin = plugin_of(collect)
    plugin.collect()
    with pytest.raises(CodeFailedError, match="has more than 102400 characters"):
        plugin.collect()


class Importing:
    """A plug-in whose import does what the test says, time after time."""

    def __init__(self, *outcomes: BaseException | None) -> None:
        self.outcomes = list(outcomes)
        self.begun = 0
        self.go_on = threading.Event()

    def __call__(self) -> Gives:
        self.begun += 1
        assert self.go_on.wait(30)
        outcome = self.outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return Gives(one)


def started(importing: Importing) -> PluginCollector:
    plugin = PluginCollector("python:x", importing, is_free, 100)
    plugin.start()
    return plugin


def test_a_slow_import_is_not_waited_for_and_then_shown(caplog: pytest.LogCaptureFixture) -> None:
    importing = Importing(None)
    plugin = started(importing)
    plugin.settle(monotonic())
    assert "is still being imported" in caplog.text
    for _ in range(3):
        with pytest.raises(CodeFailedError, match="is still being imported"):
            plugin.collect()
    importing.go_on.set()
    plugin.settle(monotonic() + 30)
    (block,) = plugin.collect()
    assert isinstance(block.layout, PluginLayout)
    assert importing.begun == 1


@pytest.mark.parametrize("failure", [RuntimeError("no database"), SystemExit(1)])
def test_an_import_that_fails_is_tried_again_after_a_while(
    failure: BaseException, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = Importing(failure, None)
    importing.go_on.set()
    plugin = started(importing)
    plugin.settle(monotonic() + 30)
    said = f"{type(failure).__name__}: {failure}"
    assert f"collector python:x: {said}" in caplog.text
    for _ in range(2):
        with pytest.raises(CodeFailedError, match=said):
            plugin.collect()
    assert importing.begun == 1
    monkeypatch.setattr(plugins, "RETRY_SECONDS", 0.0)
    assert len(plugin.collect()) == 1


def test_nothing_of_the_name_ends_the_start() -> None:
    importing = Importing(InputError("--collector.python", "", "a name"))
    importing.go_on.set()
    with pytest.raises(InputError, match="expected a name"):
        started(importing).settle(monotonic() + 30)


def test_where_it_failed_is_told_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    plugin = plugin_of(fails)
    for _ in range(2):
        with pytest.raises(CodeFailedError):
            plugin.collect()
    told = [record for record in caplog.records if record.exc_info]
    assert len(told) == 1
